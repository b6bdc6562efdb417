/* Swaps a sentence about waiting for the button it was about, once the wait is over. */

export default class RevealAfter {
  #root;

  constructor(root) {
    this.#root = root;
    const seconds = Number(root.dataset.seconds);
    if (!seconds) return;
    this.#show("after", false);
    setTimeout(() => {
      this.#show("before", false);
      this.#show("after", true);
    }, seconds * 1000);
  }

  #show(part, shown) {
    for (const element of this.#root.querySelectorAll(`[data-part="${part}"]`)) {
      element.hidden = !shown;
    }
  }
}
