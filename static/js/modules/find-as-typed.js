/* Finds while somebody types: the form's own address answers, and only what was found is exchanged. */

const PAUSE = 200;

export default class FindAsTyped {
  #form;
  #found;
  #asked = null;
  #timer;

  constructor(root) {
    this.#form = root.querySelector("form");
    this.#found = document.getElementById(root.dataset.found);
    const field = this.#form.querySelector("[type=search]");
    if (!field.value) field.focus();
    field.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), PAUSE);
    });
  }

  async #ask() {
    this.#asked?.abort();
    this.#asked = new AbortController();
    const address = `${this.#form.action}?${new URLSearchParams(new FormData(this.#form))}`;
    try {
      const answer = await fetch(address, { signal: this.#asked.signal, cache: "no-store" });
      // a locked screen or a lost session has a page of its own to show
      if (!answer.ok || answer.redirected) return this.#form.requestSubmit();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.#found.innerHTML = page.getElementById(this.#found.id).innerHTML;
      history.replaceState(history.state, "", address);
      this.#found.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
    } catch (problem) {
      // without a network what stands there stays; pressing Enter says what is wrong
      if (problem.name !== "AbortError" && !(problem instanceof TypeError)) throw problem;
    }
  }
}
