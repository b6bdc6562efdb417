/* Texts and shapes of what scripts add to a page: all of them stand in the page kept for offline. */

import { ROOT } from "./facts.js";

let shell = null;

/* A copy of a template of that page; numbers and times go into its slots. */
export async function piece(name, slots = {}) {
  const template = (await source()).querySelector(`template[data-piece="${name}"]`);
  const copy = document.importNode(template.content, true);
  fill(copy, slots);
  return copy.firstElementChild;
}

export function fill(root, slots) {
  for (const [name, text] of Object.entries(slots)) {
    for (const slot of root.querySelectorAll(`[data-slot="${name}"]`)) slot.textContent = text;
  }
}

async function source() {
  if (document.querySelector("template[data-piece]")) return document;
  shell ??= fetch(new URL("offline", ROOT))
    .then((answer) => answer.text())
    .then((text) => new DOMParser().parseFromString(text, "text/html"))
    .catch((fault) => {
      shell = null;
      throw fault;
    });
  return shell;
}

/* 1:05 مساءً, in the reader's digits, where the sites are. */
export async function timeOf(instant) {
  const { zone, digits, am, pm } = (await source()).body.dataset;
  const parts = { timeZone: zone, hour: "2-digit", minute: "2-digit" };
  const at = new Date(instant).toLocaleTimeString("en-GB", parts);
  const [hour, minute] = at.split(":");
  const shown = inDigits(`${hour % 12 || 12}:${minute}`, digits);
  return (hour < 12 ? am : pm).replace("%", shown).replace(" ", "\u00a0");
}

export async function dayOf(instant) {
  const { zone, digits } = (await source()).body.dataset;
  const language = document.documentElement.lang === "ar" ? "ar" : "en-GB";
  const tag = `${language}-u-ca-gregory-nu-latn`;
  const day = new Date(instant).toLocaleDateString(tag, { timeZone: zone, day: "numeric", month: "long" });
  return inDigits(day, digits);
}

export async function num(number) {
  return inDigits(String(number), (await source()).body.dataset.digits);
}

function inDigits(text, digits) {
  if (digits !== "arab") return text;
  return text.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)));
}
