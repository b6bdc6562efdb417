/* An act of the supervisor on its way: kept on this device first, then sent, then answered. */

import { ask } from "../offline/facts.js";
import { add, all, flush, onChange } from "../offline/queue.js";

const PATIENCE = 4_000;
const EVERY = 15_000;

/* Keeps the act and waits a little for its answer; the kept act, answered or still waiting. */
export async function deliver(act) {
  const { uid } = await add(act);
  await Promise.race([send(), pause(PATIENCE)]);
  return (await all()).find((one) => one.uid === uid);
}

/* Sends what waits, also where that was in vain a moment ago. */
export function send() {
  return flush({ urgent: true });
}

/* The acts of one site's scanner by how they stand, the oldest first. */
export async function unsettled(site) {
  const ours = (await all()).filter((one) => one.scanner === site);
  return {
    waiting: ours.filter((one) => one.state === "waiting"),
    refused: ours.filter((one) => one.state === "attention"),
    done: ours.filter((one) => one.state === "done"),
  };
}

/* Calls back now and whenever something was kept or answered; sends again while something waits. */
export function watch(listener) {
  onChange(listener);
  listener();
  ask(); // acts are kept for whoever is signed in now, not for the one before
  setInterval(() => flush(), EVERY);
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.hidden || flush());
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
