/* What this phone keeps: scans until the server has answered each, and a few facts about itself. */

import { openDB } from "../../vendor/idb/index.js";

/* localStorage holds only how many scans wait, so that a page knows it before it loads any of this. */
export const COUNT = "waiting-scans";

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("scans") : null;
const listeners = new Set();
let opening = null;

function database() {
  opening ??= openDB("checkin", 1, {
    upgrade(made) {
      made.createObjectStore("scans", { keyPath: "uid" });
      made.createObjectStore("facts");
    },
    blocking: (_was, _wanted, event) => event.target.close(),
    terminated: () => { opening = null; },
  }).catch((fault) => {
    opening = null;
    throw fault;
  });
  return opening;
}

/* A scan is said to be saved only when the disk has it, not when the browser will get round to it. */
async function writing(store, work) {
  const act = (await database()).transaction(store, "readwrite", { durability: "strict" });
  await Promise.all([work(act.store), act.done]);
}

/* Every scan kept here, the oldest first. */
export async function all() {
  const scans = await (await database()).getAll("scans");
  return scans.sort((one, other) => one.device_at.localeCompare(other.device_at));
}

export async function keep(...scans) {
  await writing("scans", (store) => Promise.all(scans.map((scan) => store.put(scan))));
  await announce();
}

export async function drop(...uids) {
  await writing("scans", (store) => Promise.all(uids.map((uid) => store.delete(uid))));
  await announce();
}

export async function fact(name) {
  return (await database()).get("facts", name);
}

/* A fact that is nothing is forgotten. */
export async function note(name, value) {
  await writing("facts", (store) => (value == null ? store.delete(name) : store.put(value, name)));
}

/* Calls back whenever a scan is added, sent or answered, in this tab or elsewhere; returns the end of it. */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function announce() {
  channel?.postMessage("changed");
  await changed();
}

async function changed() {
  await count();
  for (const listener of listeners) listener();
}

export async function count() {
  const open = (await all()).filter(({ state }) => state === "waiting" || state === "attention");
  globalThis.localStorage?.setItem(COUNT, String(open.length));
  return open.length;
}

channel?.addEventListener("message", changed);
