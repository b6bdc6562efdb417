/* Keeps this page itself, with all it needs, so that the service worker can show it without a
   network. Only what was really loaded is kept; nothing of it is about a person. */

const NAME = "display";

export async function keepShell() {
  if (!("caches" in globalThis)) return;
  const needed = [location.pathname, ...parts()];
  const cache = await caches.open(NAME);
  await cache.addAll(needed.map((url) => new Request(url, { cache: "default" })));
  const wanted = new Set(needed.map((url) => new URL(url, location.href).href));
  for (const kept of await cache.keys()) if (!wanted.has(kept.url)) await cache.delete(kept);
}

export async function dropShell() {
  if ("caches" in globalThis) await caches.delete(NAME);
}

function parts() {
  const loaded = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
  const own = loaded.filter((url) => url.origin === location.origin && url.pathname.includes("/static/"));
  return [...new Set(own.map((url) => url.pathname))];
}
