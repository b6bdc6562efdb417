/* One kept scan in the list: what it was, when, and what became of it. */

import { dayOf, fill, num, piece, timeOf } from "./pieces.js";
import { receiptNumber } from "./queue.js";

export async function rowOf(scan, whose) {
  const row = await piece("row");
  const sentence = scan.answer?.sentence ?? "";
  const name = nameOf(scan, whose);
  row.dataset.uid = scan.uid;
  fill(row, {
    name,
    time: await timeOf(scan.device_at),
    day: await dayOf(scan.device_at),
    number: await num(await receiptNumber(scan)),
    sentence,
  });
  only(row, "act", scan.act.startsWith("manual") ? "manual" : scan.act);
  only(row, "state", stateOf(scan, whose));
  const parts = {
    name: name !== "",
    sentence: sentence !== "" && scan.state !== "waiting",
    number: scan.state === "waiting" || scan.state === "attention",
    receipt: Boolean(scan.answer?.address),
    remove: scan.state === "attention",
  };
  for (const [name, shown] of Object.entries(parts)) {
    row.querySelector(`[data-part="${name}"]`).hidden = !shown;
  }
  if (parts.receipt) row.querySelector("[data-link]").href = scan.answer.address;
  return row;
}

/* Whom a supervisor's scanner read, shown to that supervisor alone; a volunteer's scans name nobody. */
function nameOf({ scanner, volunteer, answer, name }, whose) {
  const isTheirs = scanner && volunteer && volunteer === whose?.volunteer;
  return (isTheirs && (answer?.name ?? name)) || "";
}

function stateOf({ state, volunteer }, whose) {
  const other = state === "waiting" && volunteer && volunteer !== whose?.volunteer;
  return other ? "other" : state;
}

function only(row, kind, name) {
  for (const one of row.querySelectorAll(`[data-${kind}]`)) one.hidden = one.dataset[kind] !== name;
}
