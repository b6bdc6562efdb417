/* Everybody on site: what the server said last, kept on this device, and what was done here since. */

import { all, onChange as onScan } from "../offline/queue.js";
import { drop, kept, put } from "../scanner/copies.js";
import { movesOf } from "../scanner/moves.js";
import { beginCall, callBegun } from "./looks.js";

const EVERY = 5_000;
const PATIENCE = 6_000;
const KEPT_EVERY = 60_000;
const ONE_CALL = 60_000; // as on the server: two tablets that begin this close mean one call

export class OnSite {
  #address;
  #site;
  #owner;
  #looks;
  #onChange;
  #day = null;
  #etag = null;
  #begunHere = null;
  #moves = new Map();
  #isFresh = false;
  #isLocked = false;
  #keptAt = 0;

  constructor({ address, site, owner, looks, onChange }) {
    this.#address = address;
    this.#site = site;
    this.#owner = owner;
    this.#looks = looks;
    this.#onChange = onChange;
  }

  /* A page that came with its people waits for newer ones; one from this device shows what it has. */
  async open({ atOnce }) {
    this.#begunHere = (await callBegun(this.#site).catch(() => null)) ?? null;
    if (atOnce) await this.#load();
    onScan(() => this.#fold());
    await this.#fold();
    if (!(await this.refresh()) && !this.#day) await this.#load();
    setInterval(() => document.hidden || this.refresh(), EVERY);
    window.addEventListener("online", () => this.refresh());
    window.addEventListener("offline", () => this.#tell(false));
    document.addEventListener("visibilitychange", () => document.hidden || this.refresh());
    document.addEventListener("lock:up", () => this.refresh());
  }

  /* Whether the server answered. What it no longer wants to say is forgotten here too. */
  async refresh() {
    const asked = performance.now();
    const headers = { Accept: "application/json", "X-Poll": "1" };
    if (this.#etag) headers["If-None-Match"] = this.#etag;
    const signal = AbortSignal.timeout?.(PATIENCE);
    const answer = await fetch(this.#address, { headers, cache: "no-store", signal }).catch(() => null);
    this.#isLocked = false;
    if (answer && this.#isOver(answer)) return this.#leave(answer);
    const told = answer?.status === 200 ? await answer.json().catch(() => null) : null;
    const is304 = answer?.status === 304 && this.#day;
    if (!told && !is304) return this.#tell(false);
    const heard = told ? { ...told, owner: this.#owner, heard: Date.now() } : this.#day;
    this.#day = { ...heard, received: Date.now() };
    this.#etag = answer.headers.get("ETag") ?? this.#etag;
    this.#looks.told(asked);
    if (told || Date.now() - this.#keptAt > KEPT_EVERY) await this.#keep();
    return this.#tell(true);
  }

  /* Whether the server answers, and only that this device is locked. */
  get isLocked() {
    return this.#isLocked;
  }

  get isKnown() {
    return this.#day !== null;
  }

  get isFresh() {
    return this.#isFresh && navigator.onLine;
  }

  /* The server's clock when it last said all this; nothing when it never did. */
  get askedAt() {
    return this.#day && this.instant(this.#day.received);
  }

  get age() {
    return this.#day && Date.now() - this.#day.received;
  }

  /* What this device calls an instant, by the server's clock. */
  instant(here) {
    return this.#day ? here + Date.parse(this.#day.server_time) - this.#day.heard : here;
  }

  get shifts() {
    return this.#day?.shifts ?? [];
  }

  /* Who came with a leader and is only counted. */
  get groups() {
    return this.#day?.groups ?? [];
  }

  /* When the call under way began, as text: on the server, or on this device since. */
  get begunAt() {
    const there = this.#day?.begun_at ?? null;
    const here = this.#begunHere;
    return here && (!there || Date.parse(here) - Date.parse(there) > ONE_CALL) ? here : there;
  }

  /* Begins anew on this device; its ticks tell the server. */
  async begin() {
    this.#begunHere = new Date(this.instant(Date.now())).toISOString();
    await beginCall(this.#site, this.#begunHere).catch(() => {});
    this.#onChange();
  }

  async look(person, wasSeen) {
    if (!this.begunAt) await this.begin();
    const { id, name } = person;
    const told = { person: id, name, wasSeen, begunAt: this.begunAt, site: this.#site };
    await this.#looks.add({ ...told, at: this.instant(Date.now()) });
  }

  /* Who is in as far as this device knows, with the ticks of this call. */
  get people() {
    const known = this.#day?.people ?? [];
    const ids = new Set(known.map(({ id }) => id));
    const came = [...this.#moves].filter(([id, { isIn }]) => isIn && !ids.has(id));
    const stayed = known.filter(({ id }) => this.#moves.get(id)?.isIn !== false);
    return [...stayed, ...came.map(([id, move]) => personOf(id, move))].map((one) => this.#seen(one));
  }

  #seen(person) {
    const begun = Date.parse(this.begunAt) || 0;
    const since = this.#looks.current.filter((look) => look.person_id === person.id && look.at >= begun);
    const look = since.at(-1);
    const isSelf = person.id === this.#owner;
    const before = person.is_seen && Date.parse(person.seen_at) >= begun;
    const isSeen = isSelf || (look ? look.was_seen : Boolean(before));
    const isUnsent = person.isUnsent || look?.state === "waiting";
    return { ...person, isSelf, isSeen, isUnsent: Boolean(isUnsent) };
  }

  async #fold() {
    const ours = (await all().catch(() => [])).filter(({ scanner }) => scanner === this.#site);
    const waiting = ours.filter(({ state }) => state === "waiting");
    const before = this.#moves.size;
    this.#moves = movesOf(waiting, (here) => this.instant(here));
    if (before && !this.#moves.size) await this.refresh();
    this.#onChange();
  }

  async #load() {
    const day = await kept(this.#address);
    const isOurs = day?.owner === this.#owner && Date.now() < Date.parse(day.until);
    if (isOurs) this.#day = day;
    else if (day) await drop(this.#address);
    this.#onChange();
  }

  async #keep() {
    this.#keptAt = Date.now();
    await put(this.#address, this.#day).catch(() => {});
  }

  #tell(isFresh) {
    this.#isFresh = isFresh;
    this.#onChange();
    return isFresh;
  }

  #isOver(answer) {
    return answer.redirected || [401, 403, 404].includes(answer.status);
  }

  /* A lock keeps everything. Anything else is no longer ours to show. */
  async #leave(answer) {
    this.#isLocked = answer.headers.has("X-Locked");
    if (this.#isLocked) {
      document.dispatchEvent(new Event("lock:fallen"));
      return this.#tell(false);
    }
    await drop(this.#address);
    location.reload();
    return true;
  }
}

function personOf(id, { name, shift_id, since }) {
  return { id, name, shift_id, in_at: since, last_digits: "", is_seen: false, seen_at: null, isUnsent: true };
}
