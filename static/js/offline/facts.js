/* What this phone last heard from the server: whose it is, whether they are checked in, and when. */

import { fact, note } from "./store.js";

export const ROOT = new URL("../../../../", import.meta.url);

/* { volunteer, open, at }: an opaque name for the person, the open attendance, when this was said. */
export const me = () => fact("me");

/* The newest time signed by the server that this phone holds: no scan of now can be older. */
export const receipt = () => fact("receipt");

export async function hear(timeReceipt) {
  if (timeReceipt) await note("receipt", timeReceipt);
}

export async function forget() {
  await note("me", null);
}

/* Asks again; without an answer what was known stays. Whether somebody is signed in, as far as known. */
export async function ask() {
  const answer = await fetch(new URL("api/v1/me", ROOT), { cache: "no-store" }).catch(() => null);
  if (answer?.status === 401) {
    await forget();
    return false;
  }
  const told = answer?.ok ? await answer.json().catch(() => null) : null;
  if (!told?.volunteer) return Boolean(await me());
  await note("me", { volunteer: told.volunteer, open: told.open, at: Date.now() });
  await hear(told.time_receipt);
  return true;
}
