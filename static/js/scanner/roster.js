/* Who is expected and who is here today, kept on this device so that it works without a network. */

import { drop, kept, put } from "./copies.js";
import { foldName, latinDigits } from "./folding.js";

const EVERY = 60_000;
const FOUND = 8;
const SHORTEST = 2;
const NO_LONGER = [401, 403, 404, 423];

export class Roster {
  #address;
  #owner;
  #onChange;
  #kept = null;
  #waiting = new Map();
  #sent = new Map();
  #isFresh = false;

  /* `owner` is whose sign-in it was loaded under: nobody else is shown it. */
  constructor({ address, owner, onChange }) {
    this.#address = address;
    this.#owner = owner;
    this.#onChange = onChange;
  }

  async open() {
    const day = await kept(this.#address);
    if (day?.owner === this.#owner) this.#kept = day;
    if (day && !(this.#kept && this.now < Date.parse(day.until))) await this.forget();
    this.#onChange();
    await this.refresh();
    setInterval(() => document.hidden || this.refresh(), EVERY);
    window.addEventListener("online", () => this.refresh());
    window.addEventListener("offline", () => this.#tell(false));
    document.addEventListener("lock:up", () => this.refresh());
    document.addEventListener("visibilitychange", () => document.hidden || this.refresh());
  }

  /* Whether the server answered. What it no longer wants to say is forgotten here too. */
  async refresh() {
    try {
      const headers = { Accept: "application/json", "X-Poll": "1" };
      const answer = await fetch(this.#address, { headers, cache: "no-store" });
      // a locked tablet goes on with what it knows, and is told nobody's name until it is unlocked
      if (answer.headers.has("X-Locked")) {
        document.dispatchEvent(new Event("lock:fallen"));
        return this.#tell(true);
      }
      if (answer.redirected || NO_LONGER.includes(answer.status)) {
        await this.forget();
        location.reload();
        return true;
      }
      if (answer.ok) await this.#keep(await answer.json());
      return this.#tell(answer.ok);
    } catch {
      return this.#tell(false);
    }
  }

  #tell(isFresh) {
    this.#isFresh = isFresh;
    this.#onChange(isFresh);
    return isFresh;
  }

  /* Whether the server answered when it was last asked. */
  get isFresh() {
    return this.#isFresh && navigator.onLine;
  }

  async forget() {
    this.#kept = null;
    await drop(this.#address);
  }

  /* Milliseconds since the server said all this; nothing when it never did. */
  get age() {
    return this.#kept && Date.now() - this.#kept.received;
  }

  /* The server's clock, as far as this device can tell it; its own may be wrong. */
  get now() {
    return this.instant(Date.now());
  }

  /* What this device calls an instant, by the server's clock. */
  instant(here) {
    const { server_time: there, received } = this.#kept ?? {};
    return there ? here + Date.parse(there) - received : here;
  }

  get here() {
    return this.#people.filter((person) => this.whereabouts(person).isIn).length;
  }

  async byBadge(code) {
    const sha = await sha256(code);
    return this.#people.find((person) => person.badge === sha) ?? null;
  }

  byId(id) {
    return this.#people.find((person) => person.id === id) ?? null;
  }

  /* By part of the name in any spelling, or by the last digits of the mobile. */
  find(typed) {
    const digits = latinDigits(typed).trim();
    const words = foldName(typed).split(" ").filter(Boolean);
    const enough = /^\d+$/.test(digits) ? digits.length : words.join("").length;
    if (enough < SHORTEST) return null;
    const fits = /^\d+$/.test(digits)
      ? (person) => person.last_digits.endsWith(digits.slice(-4))
      : (person) => words.every((word) => person.key.includes(word));
    return this.#people.filter(fits).slice(0, FOUND);
  }

  /* What the server said, and on top of it what was done on this device since. */
  whereabouts({ id, is_in: isIn, in_at, out_at }) {
    return this.#done(id) ?? { isIn, since: isIn ? in_at : out_at };
  }

  /* Acts that the server does not know yet, by the person's id: { isIn, since, shift_id }. */
  waits(acts) {
    this.#waiting = acts;
    this.#onChange();
  }

  /* An act that the server has got; its next list says it too. */
  sent(personId, act) {
    this.#sent.set(personId, act);
    this.#onChange();
  }

  #done(personId) {
    return this.#waiting.get(personId) ?? this.#sent.get(personId);
  }

  /* The shift an entry by hand is for: where they are, else where they are expected, else what runs. */
  shiftFor(person, act) {
    const here = this.#done(person.id)?.shift_id ?? person.shift_id;
    if (act === "manual_out" && here) return here;
    const near = this.#kept.shifts.filter((shift) => this.now < Date.parse(shift.ends_at));
    const expected = near.find((shift) => person.shift_ids.includes(shift.id));
    const running = near.findLast((shift) => Date.parse(shift.starts_at) <= this.now);
    return (expected ?? running ?? near[0])?.id ?? null;
  }

  get #people() {
    return this.#kept?.people ?? [];
  }

  async #keep(day) {
    this.#kept = { ...day, owner: this.#owner, received: Date.now() };
    this.#sent.clear();
    await put(this.#address, this.#kept);
  }
}

async function sha256(text) {
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
