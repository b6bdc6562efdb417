/* Carries something to another place by mouse, pen or finger. A finger rests on it first, so that a page can still be
   scrolled by it; what is carried follows the pointer, and the page goes along where the pointer nears its edge. */

const HOLD = 400;
const SLACK = 8;
const EDGE = 56;
const STEP = 10;

export class Carrying {
  #within;
  #acts;
  #grip = null;
  #carried = false;

  /* `acts`: takes(target) is what is carried or nothing; up(what), over(what, place), down(what, place), back(what). */
  constructor(within, acts) {
    this.#within = within;
    this.#acts = acts;
    within.addEventListener("pointerdown", (event) => this.#onDown(event));
    within.addEventListener("pointermove", (event) => this.#onMove(event));
    within.addEventListener("pointerup", (event) => this.#onUp(event));
    within.addEventListener("pointercancel", () => this.#end());
    within.addEventListener("touchmove", (event) => this.#keepStill(event), { passive: false });
    within.addEventListener("contextmenu", (event) => this.#keepStill(event));
    within.addEventListener("click", (event) => this.#onClick(event), true);
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#end());
  }

  #onDown(event) {
    this.#end();
    this.#carried = false;
    const what = this.#acts.takes(event.target);
    if (!what || event.button !== 0 || !event.isPrimary) return;
    const { pointerId, clientX: x, clientY: y } = event;
    this.#grip = { what, pointerId, from: [x, y], at: [x, y], isUp: false };
    if (event.pointerType !== "mouse") this.#grip.resting = setTimeout(() => this.#lift(), HOLD);
  }

  #onMove(event) {
    const grip = this.#grip;
    if (grip?.pointerId !== event.pointerId) return;
    grip.at = [event.clientX, event.clientY];
    if (grip.isUp) this.#follow();
    else if (Math.hypot(grip.at[0] - grip.from[0], grip.at[1] - grip.from[1]) > SLACK) {
      if (grip.resting) this.#end();
      else this.#lift();
    }
  }

  #onUp(event) {
    const grip = this.#grip;
    if (grip?.pointerId !== event.pointerId) return;
    const place = grip.isUp && this.#place;
    this.#end();
    if (place) this.#acts.down(grip.what, place);
  }

  #lift() {
    const grip = this.#grip;
    grip.isUp = true;
    this.#carried = true;
    grip.what.setPointerCapture(grip.pointerId);
    grip.what.dataset.carried = "";
    this.#acts.up(grip.what);
    this.#follow();
    this.#scroll();
  }

  #follow() {
    const { what, from, at } = this.#grip;
    what.style.translate = `${at[0] - from[0]}px ${at[1] - from[1]}px`;
    this.#acts.over(what, this.#place);
  }

  get #place() {
    return document.elementFromPoint(...this.#grip.at);
  }

  #scroll() {
    const grip = this.#grip;
    if (!grip?.isUp) return;
    const [across, down] = [near(grip.at[0], innerWidth), near(grip.at[1], innerHeight)];
    if (across || down) {
      const before = this.#box();
      scrollBy(0, down);
      this.#within.closest("[data-scrolls]")?.scrollBy(across, 0);
      const after = this.#box();
      grip.from = [grip.from[0] + after.x - before.x, grip.from[1] + after.y - before.y];
      this.#follow();
    }
    requestAnimationFrame(() => this.#scroll());
  }

  #box() {
    return this.#within.getBoundingClientRect();
  }

  #end() {
    const grip = this.#grip;
    this.#grip = null;
    clearTimeout(grip?.resting);
    if (!grip?.isUp) return;
    grip.what.style.translate = "";
    delete grip.what.dataset.carried;
    this.#acts.back(grip.what);
  }

  #keepStill(event) {
    if (this.#grip?.isUp) event.preventDefault();
  }

  /* What was carried by its link is not also followed. */
  #onClick(event) {
    if (!this.#carried) return;
    this.#carried = false;
    event.preventDefault();
    event.stopPropagation();
  }
}

function near(at, length) {
  if (at < EDGE) return -STEP;
  return at > length - EDGE ? STEP : 0;
}
