/* Signing out: what waits stays on this phone for the same person, who is told before. */

import { forget, me } from "./facts.js";
import { num, piece } from "./pieces.js";
import { flush, waiting } from "./queue.js";

const PATIENCE = 4000;

/* Sends the form of a sign-out, after a question when scans wait. */
export async function signOut(form) {
  const count = await unsent();
  if (!count) return leave(form);
  const dialog = await piece("leaving", { waiting: await num(count) });
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue === "leave") leave(form);
  });
  dialog.showModal();
}

async function unsent() {
  await Promise.race([flush({ urgent: true }), new Promise((pass) => setTimeout(pass, PATIENCE))]);
  const whose = (await me())?.volunteer ?? null;
  return (await waiting()).filter(({ volunteer }) => !volunteer || volunteer === whose).length;
}

async function leave(form) {
  await forget();
  form.submit();
}
