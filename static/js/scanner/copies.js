/* What this tablet keeps so that the page opens without a network. Signing out deletes all of it:
   the service worker knows the name. */

const NAME = "scanner";

let isPageKept = false;

/* What was put under an address; nothing where browsers keep nothing. */
export async function kept(address) {
  const answer = await (await copies())?.match(address);
  return answer ? answer.json() : null;
}

export async function put(address, content) {
  const headers = { "Content-Type": "application/json" };
  await (await copies())?.put(address, new Response(JSON.stringify(content), { headers }));
}

export async function drop(address) {
  await (await copies())?.delete(address);
}

/* The page as it is on the server now, and the files it has used; those of an older version go, but
   not `later` ones, which it uses only once the camera is on. */
export async function keepPage(...later) {
  const cache = await copies();
  if (!cache) return;
  const used = performance.getEntriesByType("resource").map(({ name }) => name).filter(isFile);
  const held = (await cache.keys()).map(({ url }) => url).filter(isFile);
  const wanted = [...used, ...later.map((address) => new URL(address, location.href).href)];
  await Promise.all(held.filter((url) => !wanted.includes(url)).map((url) => cache.delete(url)));
  const missing = used.filter((url) => !held.includes(url));
  if (!isPageKept) missing.push(location.pathname);
  isPageKept = true;
  await Promise.all(missing.map((address) => cache.add(address).catch(() => {})));
}

function isFile(address) {
  const { origin, pathname } = new URL(address);
  return origin === location.origin && pathname.includes("/static/");
}

async function copies() {
  return "caches" in window ? caches.open(NAME) : null;
}
