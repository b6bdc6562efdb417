/* Shows a message as it would arrive while its words are typed, and puts in places to be filled.
   The server fills and counts: one rule, one place. */

const PAUSE = 300;

export default class MessagePreview {
  #root;
  #field;
  #shown;
  #asked = null;
  #timer;

  constructor(root) {
    this.#root = root;
    this.#field = root.querySelector("textarea");
    this.#shown = root.querySelector('[data-part="preview"]');
    this.#field.addEventListener("input", () => this.#soon());
    root.addEventListener("click", ({ target }) => {
      const putting = target.closest("[data-puts]");
      if (putting) this.#put(putting.dataset.puts);
    });
  }

  #put(words) {
    this.#field.focus();
    const { selectionStart, selectionEnd } = this.#field;
    this.#field.setRangeText(words, selectionStart, selectionEnd, "end");
    this.#soon();
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE);
  }

  async #ask() {
    this.#asked?.abort();
    this.#asked = new AbortController();
    const body = new URLSearchParams({
      csrf_token: this.#field.form.elements.csrf_token.value,
      language: this.#root.dataset.language,
      words: this.#field.value,
    });
    try {
      const answer = await fetch(this.#root.dataset.url, { method: "POST", body, signal: this.#asked.signal });
      if (answer.headers.has("X-Locked")) return document.dispatchEvent(new Event("lock:fallen"));
      if (answer.ok && !answer.redirected) this.#shown.innerHTML = await answer.text();
    } catch (problem) {
      // without a network the last preview stays; saving says what is wrong
      if (problem.name !== "AbortError" && !(problem instanceof TypeError)) throw problem;
    }
  }
}
