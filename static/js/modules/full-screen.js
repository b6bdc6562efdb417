/* A button that gives the page the whole screen; hidden where a browser cannot, or has done so. */

export default class FullScreen {
  #button;

  constructor(button) {
    this.#button = button;
    button.addEventListener("click", () => this.#enter());
    document.addEventListener("fullscreenchange", () => this.#show());
    this.#show();
  }

  #show() {
    this.#button.hidden = !document.fullscreenEnabled || document.fullscreenElement !== null;
  }

  async #enter() {
    try {
      await document.documentElement.requestFullscreen({ navigationUI: "hide" });
    } catch {
      this.#show();
    }
  }
}
