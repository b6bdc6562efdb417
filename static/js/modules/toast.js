/* Leaves after some seconds, but never under a finger, a pointer or the focus. */

export default class Toast {
  #root;
  #timer = null;

  constructor(root) {
    this.#root = root;
    for (const event of ["pointerenter", "focusin"]) root.addEventListener(event, () => this.#wait());
    for (const event of ["pointerleave", "focusout"]) root.addEventListener(event, () => this.#start());
    this.#start();
  }

  #start() {
    this.#wait();
    const seconds = Number(this.#root.dataset.seconds ?? 10);
    this.#timer = setTimeout(() => this.#leave(), seconds * 1000);
  }

  #wait() {
    clearTimeout(this.#timer);
  }

  #leave() {
    if (this.#root.matches(":hover") || this.#root.contains(document.activeElement)) return;
    this.#root.remove();
  }
}
