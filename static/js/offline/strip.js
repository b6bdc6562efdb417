/* How many scans wait on this phone, in sight on every page; a tap shows them. */

import { piece, num } from "./pieces.js";
import { all } from "./store.js";

let shown = null;

export async function showStrip() {
  const root = document.querySelector("main");
  if (!root || root.dataset.module === "saved-scans") return;
  const scans = await all();
  const waiting = scans.filter(({ state }) => state === "waiting").length;
  const attention = scans.filter(({ state }) => state === "attention").length;
  const strip = waiting || attention ? await made(waiting, attention) : null;
  shown?.remove();
  shown = strip;
  if (strip) root.prepend(strip);
}

async function made(waiting, attention) {
  const strip = await piece("strip", { waiting: await num(waiting), attention: await num(attention) });
  for (const [name, count] of Object.entries({ waiting, attention })) {
    strip.querySelector(`[data-part="${name}"]`).hidden = !count;
  }
  return strip;
}
