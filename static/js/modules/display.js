/* A screen for a whole site: a new code each half minute, with or without a network. */

import Face from "../display/face.js";
import Keyring from "../display/keyring.js";
import { draw } from "../display/picture.js";
import { Stopped, ask } from "../display/server.js";
import ServerClock from "../display/server-clock.js";
import { dropShell, keepShell } from "../display/shell.js";
import * as tokens from "../display/tokens.js";
import WakeLock from "../display/wake-lock.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const TICK = SECOND / 4;
const CHECK_EVERY = 5 * MINUTE;
const RETRY_EVERY = 20 * SECOND;
const LAST_EVERY = 3 * SECOND;
const ENDING = 5;
const DRIFT_SHOWN = 20 * SECOND;
const UNSYNCED_AFTER = 12 * 60 * MINUTE;

export default class Display {
  #given;
  #face;
  #clock;
  #keyring;
  #window = null;
  #minute = null;
  #heardAt = null;
  #online = true;
  #last;
  #checking = false;
  #checked = false;
  #checkAt = 0;
  #shell = null;

  constructor(root) {
    this.#given = root.dataset;
    this.#face = new Face(root);
    this.#start();
  }

  async #start() {
    // Browsers lend their cryptography only to https and localhost.
    if (!globalThis.crypto?.subtle) return this.#face.become("insecure");
    const { number, epoch } = this.#given;
    [this.#clock, this.#keyring] = await Promise.all([
      ServerClock.restore(),
      Keyring.restore({ number, epoch: Number(epoch) }),
    ]);
    new WakeLock();
    this.#face.show("wake-lock", !WakeLock.possible);
    window.addEventListener("online", () => this.#check());
    window.addEventListener("offline", () => this.#missServer());
    document.addEventListener("visibilitychange", () => document.hidden || this.#check());
    setInterval(() => this.#tick(), TICK);
    setInterval(() => this.#askLast(), LAST_EVERY);
  }

  get #stopped() {
    return this.#face.state === "stopped";
  }

  /* --- what is on the screen --- */

  async #tick() {
    if (this.#stopped) return;
    if (this.#clock.noticeLeap() || performance.now() >= this.#checkAt) this.#check();
    const now = this.#clock.now();
    this.#warn(now);
    await this.#drawCode(tokens.windowOf(now));
    await this.#writeDigits(tokens.minuteOf(now));
    if (this.#stopped || this.#window === null) return;
    const seconds = tokens.secondsLeft(now);
    this.#face.countDown(seconds);
    this.#face.become(seconds <= ENDING ? "ending" : "live");
  }

  async #drawCode(window) {
    const key = this.#keyring.keyOf(tokens.dayOfWindow(window));
    if (key && window === this.#window) return;
    this.#window = key ? window : null;
    if (key) {
      const token = await tokens.token(key, this.#keyring.display, window);
      draw(this.#face.slot("code"), this.#given.address + token);
    } else if (this.#checked) {
      this.#face.become("keyless");
    }
  }

  async #writeDigits(minute) {
    const key = this.#keyring.keyOf(tokens.dayOfMinute(minute));
    if (!key || minute === this.#minute) return;
    this.#minute = minute;
    const digits = await tokens.sixDigits(key, this.#keyring.display, minute);
    this.#face.write("digits", `${digits.slice(0, 3)} ${digits.slice(3)}`);
  }

  #warn(now) {
    const { checkedAt, drift } = this.#clock;
    const unsynced = checkedAt !== null && now - checkedAt > UNSYNCED_AFTER;
    this.#face.show("unsynced", unsynced);
    if (unsynced) this.#face.write("checked", this.#face.moment(checkedAt, now));
    this.#face.show("drift", checkedAt !== null && Math.abs(drift) > DRIFT_SHOWN);
    if (!this.#online && this.#heardAt !== null)
      this.#face.write("heard", this.#face.moment(this.#heardAt, now));
  }

  /* --- what the server says --- */

  async #check() {
    if (this.#checking || this.#stopped) return;
    this.#checking = true;
    this.#checkAt = performance.now() + RETRY_EVERY;
    try {
      await this.#clock.check(this.#given.time);
      if (this.#keyring.lacks(this.#clock.now())) await this.#fetchKeys();
      await ask(this.#given.seen, { drift_ms: this.#clock.drift });
      this.#hearServer();
      this.#checkAt = performance.now() + CHECK_EVERY;
    } catch (fault) {
      await this.#endOrMiss(fault);
    } finally {
      this.#checking = false;
      this.#checked = true;
    }
  }

  async #fetchKeys() {
    await this.#keyring.fetch(this.#given.keys);
    this.#window = this.#minute = null;
  }

  async #askLast() {
    if (this.#stopped || !this.#online || this.#checking || document.hidden) return;
    try {
      const { at, kind } = await ask(this.#given.last);
      this.#hearServer();
      if (at && this.#last !== undefined && at !== this.#last)
        this.#face.announce(kind, this.#face.moment(Date.parse(at), this.#clock.now()));
      this.#last = at;
    } catch (fault) {
      await this.#endOrMiss(fault);
    }
  }

  async #endOrMiss(fault) {
    if (!(fault instanceof Stopped)) return this.#missServer();
    this.#face.become("stopped");
    await Promise.all([this.#keyring.forget(), dropShell()]);
  }

  #hearServer() {
    this.#heardAt = this.#clock.now();
    this.#connect(true);
    // A device that is full shows codes all the same, until it is reloaded without a network.
    this.#shell ??= keepShell().catch(() => {
      this.#shell = null;
    });
  }

  #missServer() {
    this.#heardAt ??= this.#clock.checkedAt;
    this.#connect(false);
  }

  #connect(online) {
    this.#online = online;
    this.#face.show("online", online);
    this.#face.show("offline", !online && this.#heardAt !== null);
  }
}
