/* Scans wait here until the server has answered each: kept first, sent afterwards, never dropped unseen. */

import { me, receipt } from "./facts.js";
import { all, keep, onChange } from "./store.js";
import { flush } from "./sending.js";

export { all, flush, onChange };

const EMPTY = {
  code: null,
  beneficiaries: null,
  joins: false,
  moves: false,
  undoes: null,
  site_id: null,
  person_id: null,
  shift_id: null,
  reason: null,
  distance_m: null,
  accuracy_m: null,
};

/* Keeps a scan and returns it as kept. It is sent from `ready_at` (ms) on, at once when there is none. */
export async function add(item) {
  const [whose, newest] = await Promise.all([me(), receipt()]);
  const scan = {
    ...EMPTY,
    uid: crypto.randomUUID(),
    device_at: new Date().toISOString(),
    receipt: newest ?? null,
    volunteer: whose?.volunteer ?? null,
    ready_at: 0,
    ...item,
    state: "waiting",
    sent: false,
    steady: { origin: performance.timeOrigin, at: performance.now() },
  };
  await keep(scan);
  stayHere();
  return scan;
}

/* Changes a scan that has not been sent yet; after that the same id may say nothing else. */
export async function change(uid, changes) {
  const scan = await find(uid);
  if (!scan || scan.sent || scan.state !== "waiting") return false;
  await keep({ ...scan, ...changes });
  return true;
}

export async function find(uid) {
  return (await all()).find((scan) => scan.uid === uid) ?? null;
}

export async function waiting() {
  return (await all()).filter(({ state }) => state === "waiting");
}

/* Four digits of the scan's id: what a supervisor can type before the scan itself arrives. */
export async function receiptNumber({ uid }) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(uid));
  const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return String(BigInt(`0x${hex}`) % 10000n).padStart(4, "0");
}

/* Asks the browser to keep this when space is short, and to send it even after the page is closed. */
function stayHere() {
  navigator.storage?.persist?.().catch(() => {});
  navigator.serviceWorker?.ready.then(({ sync }) => sync?.register("scans")).catch(() => {});
}
