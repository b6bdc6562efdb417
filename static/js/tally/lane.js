/* One lane's tally on this device: what the server said last, and the taps it has not counted yet. */

import { alone, flush } from "./sending.js";
import { keep, onChange, settle, taps, total } from "./store.js";

const PATIENCE = 10_000;
const RESTS = 800;

export class Lane {
  #shift;
  #address;
  #onChange;
  #etag = null;
  #order = Date.now();
  #soon = null;
  #unsaved = new Map();
  #kept = [];
  #known;

  /* What the page came with: `known`, the total { total, at, heard }, and whether tapping counts. */
  constructor({ shift, address, known, isOpen, onChange }) {
    this.isOpen = isOpen;
    this.#shift = shift;
    this.#address = address;
    this.#known = known;
    this.#onChange = onChange;
  }

  isFresh = true;
  last = null;
  tapping = [];

  async open() {
    await this.#read();
    onChange(() => this.#read());
  }

  /* The tally as it will be: what the server counted and what is still on its way. */
  get total() {
    return Math.max(this.waiting.reduce((sum, { amount }) => sum + amount, this.#known.total), 0);
  }

  get waiting() {
    const kept = this.#kept.filter(({ state }) => state === "waiting");
    const saved = new Set(kept.map(({ uid }) => uid));
    return [...kept, ...[...this.#unsaved.values()].filter(({ uid }) => !saved.has(uid))];
  }

  get refused() {
    return this.#kept.filter(({ state }) => state === "refused");
  }

  /* Milliseconds since the server was heard. */
  get age() {
    return Date.now() - this.#known.heard;
  }

  /* Shown at once, kept, then sent. */
  async tap(amount, uid = crypto.randomUUID()) {
    const made = { uid, shift: this.#shift, amount, order: (this.#order += 1), state: "waiting" };
    const one = { ...made, device_at: new Date().toISOString() };
    this.#unsaved.set(uid, one);
    this.#onChange();
    await keep(one).finally(() => this.#unsaved.delete(uid));
    await this.send({ urgent: true });
  }

  async send(how) {
    const isDelivered = await flush(how);
    if (!this.waiting.length) return this.#askSoon();
    this.isFresh &&= isDelivered;
    this.#onChange();
  }

  /* Asks what the tablets of this lane have counted together. */
  async ask(how) {
    await flush(how);
    await alone(() => this.#ask());
    this.#onChange();
  }

  async seen() {
    await settle(this.refused.map(({ uid }) => uid), [], []);
  }

  /* Once for many taps: the list of the last ones follows when the thumb rests. */
  #askSoon() {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.ask(), RESTS);
  }

  async #ask() {
    // what is under way may be counted already: then the same people would show twice
    if (this.waiting.length) return this.#heard(false);
    const headers = { "X-Poll": "1", ...(this.#etag && { "If-None-Match": this.#etag }) };
    const signal = AbortSignal.timeout?.(PATIENCE);
    const answer = await fetch(this.#address, { headers, cache: "no-store", signal }).catch(() => null);
    if (answer?.headers.has("X-Locked")) return document.dispatchEvent(new Event("lock:fallen"));
    if (answer?.status === 304) return this.#heard(true);
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    if (!told?.last) return this.#heard(false);
    this.#etag = answer.headers.get("ETag");
    this.#heard(true);
    this.isOpen = told.is_open;
    this.last = told.last;
    this.tapping = told.tapping;
    await settle([], [], [{ shift: this.#shift, total: told.total, at: Date.parse(told.server_time) }]);
  }

  #heard(isFresh) {
    this.isFresh = isFresh;
    if (isFresh) this.#known = { ...this.#known, heard: Date.now() };
  }

  async #read() {
    const [kept, said] = await Promise.all([taps(), total(this.#shift)]);
    this.#kept = kept.filter(({ shift }) => shift === this.#shift);
    if (said && said.at >= this.#known.at) {
      const heard = said.at > this.#known.at ? Date.now() : this.#known.heard;
      this.#known = { ...said, heard };
      this.isFresh = true;
    }
    this.#onChange();
  }
}
