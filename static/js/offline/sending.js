/* Sends what waits: in batches, one sender at a time, patient with servers and networks that fail. */

import { ROOT, ask, hear, me } from "./facts.js";
import { all, drop, fact, keep, note } from "./store.js";

const MOST = 50;
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 300_000;
const PATIENCE = 30_000;
const KEPT_FOR = 14 * 24 * 3600_000;
const OFFERED_EVERY = 3600_000;
const TRY_LATER = [408, 425, 429];
const UNREADABLE = [400, 413, 415, 422];

const FIELDS = [
  ..."uid act code device_at receipt beneficiaries joins moves undoes".split(" "),
  ..."volunteer site_id person_id shift_id reason distance_m accuracy_m".split(" "),
];

let hiddenAt = 0;
globalThis.document?.addEventListener("visibilitychange", () => {
  if (document.hidden) hiddenAt = performance.now();
});

/* Sends what is due; `urgent`, on request or when the network is back, does not wait out a pause. */
export function flush({ urgent = false } = {}) {
  return alone(urgent, async () => {
    if (!urgent && navigator.onLine === false) return;
    if (await mustWait(urgent)) return;
    let delivered = false;
    for (const batch of batches(await due())) {
      if (!(await post(batch))) break;
      delivered = true;
    }
    if (delivered) await ask();
  });
}

/* Offers the newest answered scans; whether a server restored from an older copy has lost any. */
export function offer() {
  return alone(true, async () => {
    const now = Date.now();
    const done = (await all()).filter(({ state }) => state === "done" || state === "removed");
    const old = done.filter(({ done_at }) => now - done_at > KEPT_FOR).map(({ uid }) => uid);
    if (old.length) await drop(...old);
    const whose = (await me())?.volunteer;
    const mine = done.filter((one) => one.state === "done" && whose && one.volunteer === whose);
    if (!mine.length || now - ((await fact("offered_at")) ?? 0) < OFFERED_EVERY) return;
    const offered = mine.slice(-MOST);
    const told = await asked("api/v1/scans/known", { uids: offered.map(({ uid }) => uid) });
    if (!told) return;
    await note("offered_at", now);
    const lost = offered.filter(({ uid }) => told.unknown.includes(uid));
    if (lost.length) await keep(...lost.map((scan) => ({ ...scan, state: "waiting" })));
    return lost.length > 0;
  });
}

/* Two tabs, or a tab and the worker, must not send the same scans at once. What matters waits its turn. */
function alone(matters, work) {
  if (!navigator.locks) return work();
  return navigator.locks.request("scans", { ifAvailable: !matters }, (lock) => lock && work());
}

async function due() {
  const whose = (await me())?.volunteer;
  const now = Date.now();
  return (await all()).filter(
    (scan) =>
      scan.state === "waiting" &&
      scan.ready_at <= now &&
      (scan.volunteer === null || scan.volunteer === whose),
  );
}

function* batches(scans) {
  for (let first = 0; first < scans.length; first += MOST) yield scans.slice(first, first + MOST);
}

/* Whether to go on: not when the server, the network or a missing sign-in stands in the way. */
async function post(batch) {
  const sent = batch.map((scan) => ({ ...scan, sent: true }));
  await keep(...sent);
  const body = { sent_at: new Date().toISOString(), scans: sent.map(asSent) };
  const answer = await request("api/v1/scans", body);
  if (answer?.status === 401) return stopUntilSignIn();
  if (UNREADABLE.includes(answer?.status)) return refused(sent);
  if (!answer?.ok) return pause(answer);
  const told = await answer.json().catch(() => null);
  // an answer that is not ours comes from a network that wants a sign-in of its own
  if (!Array.isArray(told?.results)) return pause(null);
  await hear(told.time_receipt);
  const answers = new Map(told.results.map((result) => [result.uid, result]));
  await keep(...sent.map((scan) => judged(scan, answers.get(scan.uid))));
  if (told.results.some(({ status }) => status >= 500)) return pause(answer);
  await note("pause", null);
  return true;
}

/* A batch that cannot be read: one by one, the scan at fault is found and the others get through. */
async function refused(sent) {
  if (sent.length === 1) {
    await keep({ ...sent[0], state: "attention", answer: { outcome: "refused", sentence: null } });
    return true;
  }
  for (const scan of sent) if (!(await post([scan]))) return false;
  return true;
}

function judged(scan, answer) {
  if (!answer || answer.status >= 500 || TRY_LATER.includes(answer.status)) return scan;
  if (answer.status === 403 && answer.outcome === "other_volunteer") return { ...scan, answer };
  const state = answer.status === 200 ? "done" : "attention";
  const { name, ...rest } = answer;
  // of one's own scan the phone keeps no name: whoever holds it next need not know whose it was
  const kept = scan.act === "in" || scan.act === "out" ? rest : answer;
  return { ...scan, state, answer: kept, done_at: Date.now() };
}

function asSent(scan) {
  const item = Object.fromEntries(FIELDS.map((name) => [name, scan[name]]));
  return { ...item, elapsed_ms: elapsed(scan) };
}

/* Only of a page that was in sight all the time: phones stop the steady clock while they sleep. */
function elapsed({ steady }) {
  const same = steady.origin === performance.timeOrigin && hiddenAt < steady.at;
  return same && globalThis.document && !document.hidden ? Math.round(performance.now() - steady.at) : null;
}

async function mustWait(urgent) {
  const pause = await fact("pause");
  const wait = (pause?.until ?? 0) - Date.now();
  // a wait longer than any we set means that the phone's clock was set back
  return wait > 0 && wait <= LONGEST_WAIT && (pause.asked || !urgent);
}

/* Twice as long after every failure, scattered so that many phones do not come back together; a try that
   somebody asked for within a pause does not make the next one longer. */
async function pause(answer) {
  const last = (await fact("pause")) ?? { tries: 0, until: 0 };
  const tries = last.until > Date.now() ? last.tries || 1 : last.tries + 1;
  const asked = seconds(answer?.headers.get("Retry-After"));
  const own = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
  const wait = Math.min(LONGEST_WAIT, Math.max(own, asked * 1000));
  await note("pause", { tries, until: Date.now() + wait, asked: asked > 0 });
  return false;
}

/* Everything stays; a page of somebody who is signed in asks again at once. */
async function stopUntilSignIn() {
  await note("signed_out", true);
  await note("pause", { tries: 0, until: Date.now() + LONGEST_WAIT, asked: false });
  return false;
}

function seconds(text) {
  if (!text) return 0;
  const plain = Number(text);
  return Number.isFinite(plain) ? plain : Math.max(0, (Date.parse(text) - Date.now()) / 1000) || 0;
}

async function asked(path, body) {
  const answer = await request(path, body);
  return answer?.ok ? answer.json().catch(() => null) : null;
}

function request(path, body) {
  return fetch(new URL(path, ROOT), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    cache: "no-store",
    signal: AbortSignal.timeout?.(PATIENCE),
  }).catch(() => null);
}
