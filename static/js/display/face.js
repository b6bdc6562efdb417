/* What a display says: one state, signs that are shown or not, and texts in their slots. */

const LAST_SHOWN = 4000;
const STOPS = ["stopped", "keyless", "insecure"];

export default class Face {
  #root;

  constructor(root) {
    this.#root = root;
  }

  get state() {
    return this.#root.dataset.state;
  }

  /* starting, live, ending, or one of the three stops that hide the code. */
  become(state) {
    if (state === this.state) return;
    this.#root.dataset.state = state;
    for (const name of STOPS) this.show(name, name === state);
  }

  show(name, shown) {
    for (const sign of this.#root.querySelectorAll(`[data-sign="${name}"]`)) sign.hidden = !shown;
  }

  slot(name) {
    return this.#root.querySelector(`[data-slot="${name}"]`);
  }

  write(name, text) {
    const slot = this.slot(name);
    if (slot.textContent !== text) slot.textContent = text;
  }

  /* The bar and the sentence, which the server wrote for every number of seconds there is. */
  countDown(seconds) {
    this.slot("bar").value = seconds;
    this.write("renews", this.#root.dataset.renews.split("|")[seconds]);
  }

  /* Somebody's result, without a name, long enough to be read in passing. */
  announce(kind, moment) {
    const name = kind === "out" ? "last-out" : "last-in";
    this.write(name, moment);
    this.show(name, true);
    setTimeout(() => this.show(name, false), LAST_SHOWN);
  }

  /* 1:05 م on the site's clock; a time of another day says which. */
  moment(at, now) {
    const { locale, zone: timeZone } = this.#root.dataset;
    const day = (instant) => new Intl.DateTimeFormat("en", { timeZone }).format(instant);
    const weekday = day(at) === day(now) ? {} : { weekday: "long" };
    const time = { hour: "numeric", minute: "2-digit", hour12: true };
    return new Intl.DateTimeFormat(locale, { timeZone, ...weekday, ...time }).format(at);
  }
}
