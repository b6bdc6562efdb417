/* Counts down what is left of a code: minutes and seconds, from the moment the page came. */

export default class Countdown {
  #sign;
  #until;
  #digits;
  #timer;

  constructor(root) {
    this.#sign = root.querySelector("[data-part=left]");
    // counted from its arrival, so that this device's own clock does not matter
    this.#until = performance.now() + Number(root.dataset.seconds) * 1000;
    this.#digits = root.dataset.digits;
    this.#timer = setInterval(() => this.#show(), 1000);
    this.#show();
  }

  #show() {
    if (!this.#sign.isConnected) return clearInterval(this.#timer);
    const left = Math.max(Math.ceil((this.#until - performance.now()) / 1000), 0);
    const clock = `${Math.trunc(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    this.#sign.textContent = clock.replace(/\d/g, (digit) => this.#digits[digit]);
  }
}
