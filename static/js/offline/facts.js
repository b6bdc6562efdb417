/* What this phone last heard from the server: whose it is, whether they are checked in, and when. */

import { fact, note } from "./store.js";

const PATIENCE = 10_000;

export const ROOT = new URL("../../../../", import.meta.url);

/* { volunteer, open, at }: an opaque name for the person, the open attendance, when this was said. */
export const me = () => fact("me");

/* The newest time signed by the server that this phone holds: no scan of now can be older. */
export const receipt = () => fact("receipt");

export async function hear(timeReceipt) {
  if (timeReceipt) await note("receipt", timeReceipt);
}

/* Whether the server said that nobody is signed in here. */
export const signedOut = () => fact("signed_out");

export async function forget() {
  await note("me", null);
}

/* Asks again; without an answer what was known stays. Whether somebody is signed in, as far as known. */
export async function ask() {
  if (navigator.onLine === false) return Boolean(await me());
  const answer = await fetch(new URL("api/v1/me", ROOT), {
    cache: "no-store",
    signal: AbortSignal.timeout?.(PATIENCE),
  }).catch(() => null);
  if (answer?.status === 401) {
    await Promise.all([forget(), note("signed_out", true)]);
    return false;
  }
  const told = answer?.ok ? await answer.json().catch(() => null) : null;
  if (!told?.volunteer) return Boolean(await me());
  await note("me", { volunteer: told.volunteer, open: told.open, at: Date.now() });
  await Promise.all([note("signed_out", null), hear(told.time_receipt)]);
  return true;
}
