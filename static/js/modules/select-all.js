/* One box ticks all the boxes of its form that bear the name in data-selects. */

export default class SelectAll {
  #all;

  constructor(all) {
    this.#all = all;
    all.addEventListener("change", () => this.#tickAll());
    all.form.addEventListener("change", (event) => event.target !== all && this.#reflect());
    this.#reflect();
  }

  get #boxes() {
    return [...this.#all.form.querySelectorAll("input[type=checkbox]")].filter(
      (box) => box.name === this.#all.dataset.selects,
    );
  }

  #tickAll() {
    for (const box of this.#boxes) box.checked = this.#all.checked;
  }

  #reflect() {
    const ticked = this.#boxes.filter((box) => box.checked).length;
    this.#all.checked = ticked > 0 && ticked === this.#boxes.length;
    this.#all.indeterminate = ticked > 0 && !this.#all.checked;
  }
}
