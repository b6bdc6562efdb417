/* In or out, from what this phone knows; the person may say otherwise, and the server has the last word. */

const REPEAT = 10 * 60_000;
const LONGEST = 16 * 3600_000;
const SCAN = /\/(s|r)\/([0-9a-z-]{20,60})\/?$/i;

/* The code in an address, as the server reads it, or null. */
export function codeIn(path) {
  const found = SCAN.exec(path);
  return found ? `${found[1]}/${found[2]}`.toUpperCase() : null;
}

/* Where a code hangs: a display's code changes twice a minute, its number does not. */
export function placeOf(code) {
  return code.startsWith("R/") ? code.slice(0, 9).replace(/^R\/./, "R/") : code;
}

/* The scan of the same place a short while ago, of which this one is only an echo. */
export function echoOf(code, scans, whose, now) {
  return scans.findLast(
    (scan) =>
      scan.code &&
      placeOf(scan.code) === placeOf(code) &&
      scan.state !== "removed" &&
      scan.volunteer === whose &&
      Math.abs(now - Date.parse(scan.device_at)) < REPEAT,
  );
}

/* { act, joins, moves } for a code scanned now. */
export function decide(code, scans, me, now) {
  const open = openNow(scans, me);
  const age = open ? now - Date.parse(open.in_at) : Infinity;
  const elsewhere = Boolean(open?.code) && placeOf(open.code) !== placeOf(code);
  if (age > LONGEST) return { act: "in", joins: true, moves: false };
  if (age < REPEAT || elsewhere) return { act: "in", joins: true, moves: elsewhere };
  return { act: "out", joins: false, moves: false };
}

/* Whether a check-out has to ask how many were served: asked also when this phone does not know. */
export function asksCount(scans, me) {
  return openNow(scans, me)?.counts ?? true;
}

/* The open attendance: what this phone scanned itself is newer than what it heard. */
function openNow(scans, me) {
  const last = scans.findLast(
    ({ act, state, device_at, volunteer }) =>
      (act === "in" || act === "out") &&
      volunteer === (me?.volunteer ?? null) &&
      (state === "waiting" || (state === "done" && Date.parse(device_at) > (me?.at ?? 0))),
  );
  if (!last) return me?.open ?? null;
  return last.act === "in" ? { in_at: last.device_at, code: last.code } : null;
}
