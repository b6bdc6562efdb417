/* Keeps a part of a page fresh: asks every few seconds, changes it only when something changed,
   and never under a finger or the focus. */

export default class Live {
  #root;
  #every;
  #etag = null;
  #waiting = null;
  #touched = false;

  constructor(root) {
    this.#root = root;
    this.#every = Number(root.dataset.every ?? 10) * 1000;
    root.addEventListener("pointerdown", () => this.#hold(true));
    window.addEventListener("pointerup", () => this.#hold(false));
    window.addEventListener("pointercancel", () => this.#hold(false));
    root.addEventListener("focusout", () => setTimeout(() => this.#show()));
    document.addEventListener("visibilitychange", () => document.hidden || this.#ask());
    window.addEventListener("online", () => this.#ask());
    setInterval(() => document.hidden || this.#ask(), this.#every);
  }

  async #ask() {
    try {
      // nobody touched anything: such a question keeps no screen from locking
      const headers = { "HX-Request": "true", "X-Poll": "1", ...(this.#etag && { "If-None-Match": this.#etag }) };
      const answer = await fetch(this.#root.dataset.url, { headers, cache: "no-store" });
      if (answer.headers.has("X-Locked")) return document.dispatchEvent(new Event("lock:fallen"));
      if (answer.redirected || answer.status === 401 || answer.status === 403) return location.reload();
      this.#say(answer.ok || answer.status === 304 ? "fresh" : "stale");
      if (!answer.ok) return;
      this.#etag = answer.headers.get("ETag");
      this.#waiting = await answer.text();
      this.#show();
    } catch {
      this.#say("stale");
    }
  }

  #hold(touched) {
    this.#touched = touched;
    if (!touched) this.#show();
  }

  #show() {
    if (this.#waiting === null || this.#touched || this.#busy()) return;
    this.#root.innerHTML = this.#waiting;
    this.#waiting = null;
    this.#root.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
  }

  #busy() {
    return this.#root.contains(document.activeElement) || this.#root.querySelector("dialog[open]");
  }

  /* Styles and texts that hang on the connection read data-state. */
  #say(state) {
    this.#root.dataset.state = state;
    for (const sign of document.querySelectorAll("[data-live-state]")) {
      sign.hidden = sign.dataset.liveState !== state;
    }
  }
}
