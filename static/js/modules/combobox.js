/* Finds one of thousands by its name: the field's source answers what is typed, arrows and a press choose. */

const PAUSE = 200;

export default class Combobox {
  #root;
  #input;
  #chosen;
  #list;
  #told;
  #timer;
  #asked = null;

  constructor(root) {
    this.#root = root;
    this.#input = root.querySelector("input.input");
    this.#chosen = root.querySelector("[data-part=chosen]");
    this.#list = root.querySelector("[role=listbox]");
    this.#told = root.querySelector("[data-part=told]");
    const states = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" };
    for (const [name, value] of Object.entries({ ...states, "aria-controls": this.#list.id })) {
      this.#input.setAttribute(name, value);
    }
    this.#input.addEventListener("input", () => this.#onInput());
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#input.addEventListener("blur", () => this.#close());
    // before the field loses the focus, and with it the list
    this.#list.addEventListener("pointerdown", (event) => this.#onPress(event));
  }

  get #options() {
    return [...this.#list.children];
  }

  get #current() {
    return this.#options.findIndex((option) => option.ariaSelected === "true");
  }

  #onInput() {
    this.#chosen.value = "";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE);
  }

  async #ask() {
    this.#asked?.abort();
    this.#asked = new AbortController();
    const wanted = this.#input.value.trim();
    if (!wanted) return this.#close();
    const address = `${this.#root.dataset.source}?${new URLSearchParams({ q: wanted })}`;
    const asking = { signal: this.#asked.signal, headers: { Accept: "application/json" } };
    try {
      const answer = await fetch(address, asking);
      // what was typed is looked up when the form is sent
      if (!answer.ok || answer.redirected) return this.#close();
      this.#show(await answer.json());
    } catch (problem) {
      if (problem.name !== "AbortError" && !(problem instanceof TypeError)) throw problem;
    }
  }

  #show(found) {
    this.#list.replaceChildren(...found.map((one, index) => this.#option(one, index)));
    this.#list.hidden = found.length === 0;
    this.#input.ariaExpanded = String(found.length > 0);
    this.#input.removeAttribute("aria-activedescendant");
    const { none, some } = this.#told.dataset;
    this.#told.textContent = found.length ? some.replace("{number}", found.length) : none;
  }

  #option({ id, name }, index) {
    const option = document.createElement("li");
    option.id = `${this.#list.id}-${index}`;
    option.dataset.value = id;
    option.role = "option";
    option.ariaSelected = "false";
    option.dir = "auto";
    option.textContent = name;
    return option;
  }

  #onKey(event) {
    if (this.#list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.#mark((this.#current + step + this.#options.length) % this.#options.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.#choose(this.#options[Math.max(this.#current, 0)]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.#close();
    }
  }

  #mark(index) {
    this.#options.forEach((option, at) => { option.ariaSelected = String(at === index); });
    this.#input.setAttribute("aria-activedescendant", this.#options[index].id);
    this.#options[index].scrollIntoView({ block: "nearest" });
  }

  #onPress(event) {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) this.#choose(option);
  }

  #choose(option) {
    this.#chosen.value = option.dataset.value;
    this.#input.value = option.textContent;
    this.#close();
    this.#root.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#list.hidden = true;
    this.#input.ariaExpanded = "false";
    this.#input.removeAttribute("aria-activedescendant");
  }
}
