/* The server's time on a device whose own clock may be wrong, and goes on without a network. */

import { keep, read } from "./kept.js";
import { ask } from "./server.js";

const CALLS = 3;
const LEAP = 2000;

export default class ServerClock {
  #ahead;
  #wallAhead = Date.now() - performance.now();
  #checkedAt;

  /* `behind`: how far this device's clock was behind the server's when it last asked. */
  constructor({ behind = 0, checkedAt = null } = {}) {
    this.#ahead = this.#wallAhead + behind;
    this.#checkedAt = checkedAt;
  }

  static async restore() {
    return new ServerClock(await read("clock"));
  }

  now() {
    return performance.now() + this.#ahead;
  }

  /* When the server was last asked, by its own clock; null before the first time. */
  get checkedAt() {
    return this.#checkedAt;
  }

  /* How far this device's clock is from the server's, in milliseconds; ahead is positive. */
  get drift() {
    return Math.round(Date.now() - this.now());
  }

  /* The clock of the device and the page's own count must run alike. A device that slept stopped
     the count, so a leap forward is followed; one that was set back by hand is not believed. */
  noticeLeap() {
    const wallAhead = Date.now() - performance.now();
    const leap = wallAhead - this.#wallAhead;
    if (Math.abs(leap) < LEAP) return false;
    this.#wallAhead = wallAhead;
    if (leap > 0) this.#ahead += leap;
    this.#keep();
    return true;
  }

  /* Of three questions the quickest says most; half of its way is as far as it may be wrong. */
  async check(url) {
    const samples = [];
    while (samples.length < CALLS) samples.push(await this.#sample(url));
    const best = samples.reduce((a, b) => (b.way < a.way ? b : a));
    const known = this.#checkedAt !== null;
    if (!known || Math.abs(best.ahead - this.#ahead) > best.way / 2) this.#ahead = best.ahead;
    this.#checkedAt = this.now();
    await this.#keep();
  }

  #keep() {
    return keep("clock", { behind: -this.drift, checkedAt: this.#checkedAt });
  }

  async #sample(url) {
    const sent = performance.now();
    const { server_time: time } = await ask(url);
    const received = performance.now();
    return { ahead: Date.parse(time) - (sent + received) / 2, way: received - sent };
  }
}
