/* A number that is typed or picked: presets set it, plus and minus nudge it, a box says none. */

const DIGITS = /[\u0660-\u0669\u06F0-\u06F9]/g;

export default class NumberPicker {
  #input;
  #none;
  #parts;
  #presets;
  #low;
  #high;

  constructor(root) {
    this.#input = root.querySelector(".input");
    this.#none = root.querySelector("input[type=checkbox]");
    this.#parts = root.querySelectorAll("[data-part=number]");
    this.#presets = root.querySelectorAll("[data-preset]");
    this.#low = Number(root.dataset.low ?? 0);
    this.#high = Number(root.dataset.high ?? Infinity);
    root.addEventListener("click", (event) => this.#onClick(event));
    this.#input.addEventListener("input", () => this.#mark());
    this.#none?.addEventListener("change", () => this.#hide());
    this.#mark();
    this.#hide();
  }

  #onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if ("preset" in button.dataset) this.#set(Number(button.dataset.preset));
    if ("nudge" in button.dataset) this.#set(this.#value() + Number(button.dataset.nudge));
  }

  #value() {
    const latin = this.#input.value.replace(DIGITS, (digit) => digit.charCodeAt(0) & 0xf);
    return Number.parseInt(latin.replace(/\D/g, ""), 10) || 0;
  }

  #set(value) {
    this.#input.value = Math.min(this.#high, Math.max(this.#low, value));
    this.#input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #mark() {
    const chosen = this.#input.value.trim() === "" ? null : String(this.#value());
    for (const preset of this.#presets) {
      preset.setAttribute("aria-pressed", String(preset.dataset.preset === chosen));
    }
  }

  #hide() {
    for (const part of this.#parts) part.hidden = this.#none?.checked ?? false;
  }
}
