/* Keeps a site's evacuation list ready on this device while another page of the site is open: the
   page once, its people every minute; and sends ticks that were made without a network. */

import { Looks } from "../presence/looks.js";
import { drop, keepBare, put } from "../scanner/copies.js";

const FIRST = 4_000;
const EVERY = 60_000;
const PATIENCE = 10_000;

export default class KeepEvacuation {
  #root;
  #looks;
  #etag = null;
  #day = null;
  #isKept = false;

  constructor(root) {
    if (!("caches" in window)) return;
    this.#root = root;
    const { looks, person } = root.dataset;
    this.#looks = new Looks({ address: looks, owner: Number(person), onChange: () => {} });
    this.#looks.open().catch(() => {});
    setTimeout(() => this.#keep(), FIRST);
    setInterval(() => document.hidden || this.#keep(), EVERY);
    window.addEventListener("online", () => this.#keep());
  }

  async #keep() {
    if (!(await this.#people())) return;
    if (!this.#isKept) this.#isKept = await keepBare(this.#root.dataset.page).catch(() => false);
    await this.#looks.send().catch(() => {});
  }

  /* Whether the server answered; whatever else it says, the page it stands on finds out itself. */
  async #people() {
    const { present, person } = this.#root.dataset;
    const headers = { Accept: "application/json", "X-Poll": "1" };
    if (this.#etag) headers["If-None-Match"] = this.#etag;
    const signal = AbortSignal.timeout?.(PATIENCE);
    const answer = await fetch(present, { headers, cache: "no-store", signal }).catch(() => null);
    if (answer && isOver(answer)) await drop(present);
    const told = answer?.status === 200 && !answer.redirected ? await answer.json().catch(() => null) : null;
    if (!told && !(answer?.status === 304 && this.#day)) return false;
    const heard = told ? { ...told, owner: Number(person), heard: Date.now() } : this.#day;
    this.#day = { ...heard, received: Date.now() };
    this.#etag = answer.headers.get("ETag") ?? this.#etag;
    await put(present, this.#day).catch(() => {});
    return true;
  }
}

/* No longer ours to keep; a lock keeps everything. */
function isOver({ status, headers }) {
  return [401, 403, 404].includes(status) && !headers.has("X-Locked");
}
