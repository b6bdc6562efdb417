/* Keeps the screen lit while the page is looked at; browsers let go whenever it is not. */

export default class WakeLock {
  #lock = null;

  constructor() {
    document.addEventListener("visibilitychange", () => this.#take());
    this.#take();
  }

  /* Whether this browser can do it at all; if not, people have to set their device. */
  static get possible() {
    return "wakeLock" in navigator;
  }

  async #take() {
    if (!WakeLock.possible || document.hidden || (this.#lock && !this.#lock.released)) return;
    try {
      this.#lock = await navigator.wakeLock.request("screen");
    } catch {
      this.#lock = null; // an empty battery refuses; the next look at the page asks again
    }
  }
}
