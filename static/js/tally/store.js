/* What this device keeps of lanes' tallies: taps until the server has answered each, and the newest
   total it heard. */

import { openDB } from "../../vendor/idb/index.js";

/* localStorage holds only how many taps wait, so that any page can send them. */
const COUNT = "waiting-taps";

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("taps") : null;
const listeners = new Set();
let opening = null;

function database() {
  opening ??= openDB("tally", 1, {
    upgrade(made) {
      made.createObjectStore("taps", { keyPath: "uid" });
      made.createObjectStore("totals", { keyPath: "shift" });
    },
    blocking: (_was, _wanted, event) => event.target.close(),
    terminated: () => { opening = null; },
  }).catch((fault) => {
    opening = null;
    throw fault;
  });
  return opening;
}

/* Every tap kept here, the oldest first. */
export async function taps() {
  const kept = await (await database()).getAll("taps");
  return kept.sort((one, other) => one.order - other.order);
}

/* A tap is said to be kept only when the disk has it, not when the browser will get round to it. */
export async function keep(...kept) {
  // counted before: the page may go between the disk's having them and its saying so
  localStorage.setItem(COUNT, String(Number(localStorage.getItem(COUNT)) + kept.length));
  await writing("taps", (store) => kept.map((tap) => store.put(tap))).finally(announce);
}

/* Answered taps go, or stay as `changed`, in the same act that keeps the total they are part of. */
export async function settle(gone, changed, heard) {
  const act = (await database()).transaction(["taps", "totals"], "readwrite", { durability: "strict" });
  const [tapped, totals] = [act.objectStore("taps"), act.objectStore("totals")];
  await Promise.all([
    ...gone.map((uid) => tapped.delete(uid)),
    ...changed.map((tap) => tapped.put(tap)),
    ...heard.map((total) => totals.put(total)),
    act.done,
  ]);
  await announce();
}

/* { shift, total, at }: what the server said last, and when by its own clock (ms). */
export async function total(shift) {
  return (await (await database()).get("totals", shift)) ?? null;
}

/* Calls back whenever something was kept, sent or answered, in this tab or another. */
export function onChange(listener) {
  listeners.add(listener);
}

async function writing(name, work) {
  const act = (await database()).transaction(name, "readwrite", { durability: "strict" });
  await Promise.all([...work(act.store), act.done]);
}

async function announce() {
  const waiting = (await taps()).filter(({ state }) => state === "waiting");
  localStorage.setItem(COUNT, String(waiting.length));
  channel?.postMessage("changed");
  tell();
}

function tell() {
  for (const listener of listeners) listener();
}

channel?.addEventListener("message", tell);
