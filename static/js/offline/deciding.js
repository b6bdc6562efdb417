/* In or out, from what this phone knows. The person may say otherwise; the server has the last word. */

const REPEAT = 10 * 60_000;
const LONGEST = 16 * 3600_000;
const MOST = 100_000;
const DIGITS = /[\u0660-\u0669\u06F0-\u06F9]/g;
const SCAN = /\/(s|r)\/([0-9a-z-]{20,60})\/?$/i;

/* The code in an address, as the server reads it, or null. */
export function codeIn(path) {
  const found = SCAN.exec(path);
  return found ? `${found[1]}/${found[2]}`.toUpperCase() : null;
}

/* What a button meant that could not be sent, behind the # of an address: { act, beneficiaries }. */
export function pressedIn(hash) {
  const found = /^#(in|out)=(.*)$/.exec(hash);
  return found && { act: found[1], beneficiaries: countIn(decodeURIComponent(found[2])) };
}

/* A whole number in any digits; null for none, NaN for what is no number. */
export function countIn(typed) {
  const latin = typed.replace(DIGITS, (digit) => digit.charCodeAt(0) & 0xf).replace(/[,٬\s]/g, "");
  if (latin === "") return null;
  return /^\d+$/.test(latin) && Number(latin) <= MOST ? Number(latin) : NaN;
}

/* Where a code hangs: a display's code changes twice a minute, its number does not. */
export function placeOf(code) {
  return code.startsWith("R/") ? code.slice(0, 9).replace(/^R\/./, "R/") : code;
}

/* The scan of the same place a short while ago, of which this one is only an echo. */
export function echoOf(code, scans, whose, now, act = null) {
  return scans.findLast(
    (scan) =>
      scan.code &&
      (!act || scan.act === act) &&
      placeOf(scan.code) === placeOf(code) &&
      scan.state !== "removed" &&
      scan.volunteer === whose &&
      Math.abs(now - Date.parse(scan.device_at)) < REPEAT,
  );
}

/* What a code scanned now means: { act, joins, moves, asks, beneficiaries }. `pressed` says it itself. */
export function decide({ scans, me, now, pressed = null }) {
  const open = openNow(scans, me);
  const age = open ? now - Date.parse(open.in_at) : Infinity;
  const leaves = pressed ? pressed.act === "out" : age >= REPEAT && age <= LONGEST;
  if (!leaves) return comingIn(pressed && open);
  const beneficiaries = pressed?.beneficiaries ?? null;
  if (Number.isNaN(beneficiaries)) return goingOut(open);
  return { ...goingOut(open), asks: !pressed && (open?.counts ?? true), beneficiaries };
}

/* Coming while checked in at another site means moving here. */
export function comingIn(open) {
  return { act: "in", joins: true, moves: Boolean(open), asks: false, beneficiaries: null };
}

/* A check-out asks how many were served, also when this phone does not know whether it has to. */
export function goingOut(open) {
  const asks = open?.counts ?? true;
  return { act: "out", joins: false, moves: false, asks, beneficiaries: null };
}

/* The open attendance: what this phone scanned itself is newer than what it heard. */
export function openNow(scans, me) {
  const last = scans.findLast(
    ({ act, state, device_at, volunteer }) =>
      (act === "in" || act === "out") &&
      volunteer === (me?.volunteer ?? null) &&
      (state === "waiting" || (state === "done" && Date.parse(device_at) > (me?.at ?? 0))),
  );
  if (!last) return me?.open ?? null;
  return last.act === "in" ? { in_at: last.device_at } : null;
}
