/* Sends taps that wait: in the order they were made, one sender at a time, patient with networks. */

import { keep, settle, taps } from "./store.js";

const ROOT = new URL("../../../../", import.meta.url);
const MOST = 50;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
const PATIENCE = 15_000;
const UNREADABLE = [400, 413, 415, 422];
const HELD = 60_000;
const KEPT_FOR = 14 * 24 * 3600_000;

let tries = 0;
let notBefore = 0;

/* Sends what waits; `urgent` does not wait out a pause. Whether the server has answered. */
export function flush({ urgent = false } = {}) {
  if (!urgent && Date.now() < notBefore) return Promise.resolve(false);
  return alone(async () => {
    for (let batch = await due(); batch.length; batch = await due()) {
      if (!(await post(batch))) return false;
    }
    return true;
  });
}

/* Nobody asks for a total while taps are under way: it would not be known which of them it holds. */
export function alone(work) {
  return navigator.locks ? navigator.locks.request("taps", work) : work();
}

async function due() {
  const now = Date.now();
  const ready = ({ state, ready_at = 0 }) => state === "waiting" && ready_at <= now;
  return (await taps()).filter(ready).slice(0, MOST);
}

async function post(batch) {
  const answer = await request(batch);
  if (UNREADABLE.includes(answer?.status)) return refuse(batch, answer);
  const told = answer?.ok ? await answer.json().catch(() => null) : null;
  // an answer that is not ours comes from a network that wants a sign-in of its own
  if (!Array.isArray(told?.results)) return pause(answer);
  await hear(batch, told);
  if (told.results.some(({ status }) => status >= 500)) return pause(answer);
  tries = 0;
  return true;
}

async function hear(batch, { results, server_time }) {
  const answers = new Map(results.map((result) => [result.uid, result]));
  const at = Date.parse(server_time);
  const gone = [];
  const again = [];
  const heard = new Map();
  for (const tap of batch) {
    const { status, outcome, sentence, total } = answers.get(tap.uid) ?? { status: 503 };
    if (status === 200) gone.push(tap.uid);
    else if (isOfOthers(tap, outcome)) again.push({ ...tap, ready_at: Date.now() + HELD });
    else if (status < 500) again.push({ ...tap, state: "refused", sentence });
    if (Number.isInteger(total)) heard.set(tap.shift, { shift: tap.shift, total, at });
  }
  await settle(gone, again, [...heard.values()]);
}

/* Whoever is signed in now may not count on that lane: it waits for somebody who may. */
function isOfOthers({ device_at }, outcome) {
  return outcome === "not_found" && Date.now() - Date.parse(device_at) < KEPT_FOR;
}

/* A batch that cannot be read: one by one, the tap at fault is found and the others get through. */
async function refuse(batch, answer) {
  if (batch.length === 1) {
    const told = await answer.json().catch(() => null);
    await keep({ ...batch[0], state: "refused", sentence: told?.error?.sentence ?? "" });
    return true;
  }
  for (const tap of batch) if (!(await post([tap]))) return false;
  return true;
}

/* Twice as long after every failure, scattered so that many tablets do not come back together; a tap
   within a pause tries at once, and makes the next one no longer. */
function pause(answer) {
  if (Date.now() < notBefore) return false;
  const asked = Number(answer?.headers.get("Retry-After")) || 0;
  const own = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tries) * (0.5 + Math.random() / 2);
  tries += 1;
  notBefore = Date.now() + Math.max(own, asked * 1000);
  return false;
}

function request(batch) {
  const sent = batch.map(({ uid, shift, amount, device_at }) =>
    ({ uid, shift_id: shift, amount, device_at }));
  return fetch(new URL("api/v1/tallies", ROOT), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ sent_at: new Date().toISOString(), taps: sent }),
    cache: "no-store",
    signal: AbortSignal.timeout?.(PATIENCE),
  }).catch(() => null);
}
