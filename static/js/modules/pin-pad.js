/* Large keys for a short number: each adds its digit to the field, one takes the last away. */

export default class PinPad {
  #input;

  constructor(root) {
    this.#input = root.querySelector(".input");
    root.addEventListener("click", (event) => this.#onClick(event));
  }

  #onClick(event) {
    const key = event.target.closest("[data-digit]");
    if (!key) return;
    const { value, maxLength } = this.#input;
    const { digit } = key.dataset;
    this.#input.value = digit === "" ? value.slice(0, -1) : (value + digit).slice(0, maxLength);
  }
}
