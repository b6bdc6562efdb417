/*
 * Finds while somebody types: the form's own address answers, and only what was found is exchanged.
 * A search inside another form names its address (data-source), and Enter there only searches.
 */

const PAUSE = 200;

export default class FindAsTyped {
  #form;
  #field;
  #source;
  #found;
  #asked = null;
  #timer;

  constructor(root) {
    this.#form = root.querySelector("form");
    this.#found = document.getElementById(root.dataset.found);
    this.#field = root.querySelector("[type=search]");
    this.#source = root.dataset.source;
    if (!this.#field.value) this.#field.focus();
    this.#field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), PAUSE);
    });
    if (this.#source) this.#field.addEventListener("keydown", (event) => this.#search(event));
  }

  #search(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    clearTimeout(this.#timer);
    this.#ask();
  }

  async #ask() {
    this.#asked?.abort();
    this.#asked = new AbortController();
    const address = this.#address();
    try {
      const answer = await fetch(address, { signal: this.#asked.signal, cache: "no-store" });
      // a locked screen or a lost session has a page of its own to show
      if (!answer.ok || answer.redirected) return location.assign(address);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.#found.innerHTML = page.getElementById(this.#found.id).innerHTML;
      history.replaceState(history.state, "", address);
      this.#found.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
    } catch (problem) {
      // without a network what stands there stays; pressing Enter says what is wrong
      if (problem.name !== "AbortError" && !(problem instanceof TypeError)) throw problem;
    }
  }

  #address() {
    const words = new FormData(this.#source ? undefined : this.#form);
    if (this.#source) words.set(this.#field.name, this.#field.value);
    return `${this.#source ?? this.#form.action}?${new URLSearchParams(words)}`;
  }
}
