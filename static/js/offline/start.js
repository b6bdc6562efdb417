/* Begins on a page once it has loaded: the worker, what the phone knows, and sending what waits. */

import { ask, me, ROOT } from "./facts.js";
import { flush, offer } from "./sending.js";
import { count, onChange } from "./store.js";
import { showStrip } from "./strip.js";
import { showNewer } from "./newer.js";

const EVERY = 5000;

/* `kind`: "person" is somebody's page and "anyone" may be nobody's; "shell" is the one kept for times
   without a network; a "page" only wants to be kept itself. */
export async function start(kind) {
  if (kind !== "anyone") register().catch(() => {});
  if (kind === "page") return;
  await count();
  onChange(strip);
  await strip();
  if (kind === "anyone") return;
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.hidden || send());
  setInterval(() => document.hidden || waits().then((some) => some && flush()), EVERY);
  const known = kind === "person" || (await me()) || (await waits());
  if (known && (await ask())) await send();
  if (await offer()) await send();
}

/* Not while the phone itself says that there is no network: what was never sent can still be changed. */
function send() {
  return flush({ urgent: navigator.onLine !== false });
}

/* Without the network, and before a worker keeps the texts, there is none. */
async function strip() {
  await showStrip().catch(() => {});
}

async function waits() {
  return (await count()) > 0;
}

async function register() {
  const worker = new URL("sw.js", ROOT);
  const module = { type: "module", updateViaCache: "none" };
  const registration = await navigator.serviceWorker.register(worker, module).catch(async (fault) => {
    if (await navigator.serviceWorker.getRegistration()) throw fault;
    // a browser without modules in workers gets the same worker, which then does not send by itself
    worker.searchParams.set("plain", "1");
    return navigator.serviceWorker.register(worker, { updateViaCache: "none" });
  });
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data === "newer") showNewer(registration);
  });
  registration.addEventListener("updatefound", () => {
    const found = registration.installing;
    found.addEventListener("statechange", () => found.state === "installed" && compare(found));
  });
  if (registration.waiting) compare(registration.waiting);
  const { look } = document.documentElement.dataset;
  if (look) registration.active?.postMessage({ look });
}

/* Only where another worker is in charge: a first one takes over by itself. */
function compare(worker) {
  const { pathname } = new URL("../app.js", import.meta.url);
  if (navigator.serviceWorker.controller) worker.postMessage({ script: pathname });
}
