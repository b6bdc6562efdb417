/* Ticks of a roll call: kept on this device first, then sent, and gone once the server has them. */

import { openDB } from "../../vendor/idb/index.js";
import { all as scans, flush } from "../offline/queue.js";

const MOST = 50;
const PATIENCE = 10_000;
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 60_000;
const REFUSED = [400, 403, 404, 413, 415, 422];

export class Looks {
  #address;
  #owner;
  #onChange;
  #looks = new Map();
  #tries = 0;
  #notBefore = 0;

  /* `owner` is whose ticks these are: nobody else sends them, and nobody else is shown them. */
  constructor({ address, owner, onChange }) {
    this.#address = address;
    this.#owner = owner;
    this.#onChange = onChange;
  }

  async open() {
    const kept = await (await database()).getAll("looks").catch(() => []);
    for (const look of kept) if (look.by === this.#owner) this.#looks.set(look.uid, look);
    this.#onChange();
  }

  /* Those that count here: waiting, or answered since the list was last asked for. */
  get current() {
    return this.#sorted.filter(({ state }) => state !== "refused");
  }

  get waiting() {
    return this.#sorted.filter(({ state }) => state === "waiting");
  }

  get refused() {
    return this.#sorted.filter(({ state }) => state === "refused");
  }

  get #sorted() {
    return [...this.#looks.values()].sort((one, other) => one.at - other.at);
  }

  /* Shown at once, kept, then sent. `at` is the instant by the server's clock. */
  async add({ site, person, name, wasSeen, begunAt, at }) {
    const device_at = new Date().toISOString();
    const look = {
      ...{ uid: crypto.randomUUID(), by: this.#owner, state: "waiting", at, name },
      ...{ site_id: site, person_id: person, was_seen: wasSeen, begun_at: begunAt, device_at },
    };
    this.#looks.set(look.uid, look);
    this.#onChange();
    await keep(look).catch(() => {}); // a browser that keeps nothing sends it all the same
    await this.retry();
  }

  /* Sends what waits; one tab at a time, and more slowly the longer the server says nothing. */
  async send() {
    if (!this.waiting.length || Date.now() < this.#notBefore) return;
    const { locks } = navigator;
    const post = () => this.#post();
    await (locks ? locks.request("looks", { ifAvailable: true }, (lock) => lock && post()) : post());
  }

  /* The server is back: what waits does not wait out a pause. */
  retry() {
    this.#notBefore = 0;
    return this.send();
  }

  /* The list was asked for at `asked`: it says all that was answered before. */
  told(asked) {
    for (const [uid, look] of this.#looks) {
      if (look.state === "done" && look.answered < asked) this.#looks.delete(uid);
    }
  }

  async dismiss() {
    const refused = this.refused.map(({ uid }) => uid);
    for (const uid of refused) this.#looks.delete(uid);
    await forget(refused);
    this.#onChange();
  }

  async #post() {
    const batch = await this.#due();
    if (!batch.length) return;
    const answer = await request(this.#address, batch);
    if (REFUSED.includes(answer?.status)) return this.#refuse(batch, answer);
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    if (!Array.isArray(told?.results)) return this.#pause();
    this.#tries = 0;
    await this.#settle(batch, told.results);
    this.#onChange();
    await this.#post();
  }

  /* A tick of somebody whose check-in is still on this device follows it. */
  async #due() {
    const here = this.waiting;
    if (!here.length) return [];
    const before = await unsentScans();
    if (before.size) await flush({ urgent: true });
    const still = before.size ? await unsentScans() : before;
    return here.filter(({ person_id }) => !still.has(person_id)).slice(0, MOST);
  }

  async #settle(batch, results) {
    const answers = new Map(results.map((result) => [result.uid, result]));
    const gone = [];
    for (const look of batch) {
      const { status, sentence } = answers.get(look.uid) ?? {};
      if (status === 200) {
        this.#looks.set(look.uid, { ...look, state: "done", answered: performance.now() });
        gone.push(look.uid);
      } else if (status) {
        await this.#refused(look, sentence);
      }
    }
    await forget(gone);
  }

  /* The whole batch: somebody who may no longer do this, or another version of this program. */
  async #refuse(batch, answer) {
    const told = await answer.json().catch(() => null);
    for (const look of batch) await this.#refused(look, told?.error?.sentence ?? "");
    this.#onChange();
  }

  async #refused(look, sentence) {
    const refused = { ...look, state: "refused", sentence };
    this.#looks.set(look.uid, refused);
    await keep(refused);
  }

  #pause() {
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#tries);
    this.#tries += 1;
    this.#notBefore = Date.now() + wait * (0.5 + Math.random() / 2);
  }
}

async function unsentScans() {
  const waiting = (await scans().catch(() => [])).filter(({ state }) => state === "waiting");
  return new Set(waiting.map(({ whom }) => whom).filter(Boolean));
}

function request(address, batch) {
  const looks = batch.map(({ uid, site_id, person_id, was_seen, device_at, begun_at }) =>
    ({ uid, site_id, person_id, was_seen, device_at, begun_at }));
  return fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ sent_at: new Date().toISOString(), looks }),
    cache: "no-store",
    signal: AbortSignal.timeout?.(PATIENCE),
  }).catch(() => null);
}

// --- on this device ------------------------------------------------------------------------

let opening = null;

function database() {
  opening ??= openDB("presence", 1, {
    upgrade(made) {
      made.createObjectStore("looks", { keyPath: "uid" });
      made.createObjectStore("calls");
    },
    blocking: (_was, _wanted, event) => event.target.close(),
    terminated: () => { opening = null; },
  });
  return opening;
}

/* Only said to be kept when the disk has it. */
async function keep(look) {
  const act = (await database()).transaction("looks", "readwrite", { durability: "strict" });
  await Promise.all([act.store.put(look), act.done]);
}

async function forget(uids) {
  const act = (await database()).transaction("looks", "readwrite");
  await Promise.all([...uids.map((uid) => act.store.delete(uid)), act.done]);
}

/* When a call was begun on this device at a site, as text; another one begins in its place. */
export async function callBegun(site) {
  return (await database()).get("calls", site).catch(() => null);
}

export async function beginCall(site, begunAt) {
  await (await database()).put("calls", begunAt, site);
}
