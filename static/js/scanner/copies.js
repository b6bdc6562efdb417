/* What this tablet keeps so that the page opens without a network. Signing out deletes all of it:
   the service worker knows the name. */

const NAME = "scanner";
const LIST = "/kept-files"; // beside a page's own address: what it needs

const UNDER_LOCK = ["pin-pad", "submit-once"]; // what the lock's cover wakes
const IMPORTED = /(?:from|import) ?\(?"(\.{1,2}\/[^"]+\.js)"/g;

let ownFiles = null;

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

/* The page as it is on the server now, and the files it has used or will; those of an older version
   go, but not `later` ones, which it uses only once the camera is on. */
export async function keepPage(...later) {
  const cache = await copies();
  if (!cache) return;
  ownFiles ??= await keepItself(cache).catch(() => null);
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name).filter(isFile);
  const used = [...new Set([...loaded, ...(ownFiles ?? [])])];
  await keepFiles(location.pathname, used, [...used, ...addressed(later)]);
}

async function keepItself(cache) {
  const answer = await fetch(location.pathname, { cache: "no-store", headers: { "X-Poll": "1" } });
  if (!answer.ok || answer.redirected) return null;
  await cache.put(location.pathname, answer.clone());
  return filesOf(await answer.text());
}

/* A page that names nobody, with all its files; whether the server gave it. */
export async function keepBare(address) {
  const answer = await fetch(`${address}?kept`, { cache: "no-store", headers: { "X-Poll": "1" } });
  const cache = await copies();
  if (!cache || !answer.ok || answer.redirected) return false;
  const text = await answer.text();
  await cache.put(address, new Response(text, { headers: answer.headers }));
  await keepFiles(address, await filesOf(text));
  return true;
}

/* Keeps the files that a page uses. Several pages share this cache: a file goes when none of them
   lists it among those it wants. */
async function keepFiles(address, used, wanted = used) {
  const cache = await copies();
  if (!cache) return;
  await put(address + LIST, wanted);
  const held = (await cache.keys()).map(({ url }) => url);
  const lists = held.filter((url) => url.endsWith(LIST)).map((url) => kept(url));
  const needed = new Set((await Promise.all(lists)).flat());
  const files = held.filter(isFile);
  await Promise.all(files.filter((url) => !needed.has(url)).map((url) => cache.delete(url)));
  const missing = used.filter((url) => !files.includes(url));
  await Promise.all(missing.map((url) => cache.add(url).catch(() => {})));
}

/* What a page needs: the files its head names, the modules it wakes, and all that those import. */
async function filesOf(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const head = [...page.querySelectorAll("link[href], script[src]")];
  const named = addressed(head.map((one) => one.getAttribute("href") ?? one.getAttribute("src")));
  const app = named.find((address) => address.endsWith("/app.js"));
  const styles = [...page.querySelectorAll("[data-style]")].map(({ dataset }) => dataset.style);
  const woken = modulesOf(page).map((name) => new URL(`./modules/${name}.js`, app).href);
  const files = new Set();
  await Promise.all([...named, ...addressed(styles), ...woken].map((one) => follow(one, files)));
  return [...files];
}

function addressed(paths) {
  return paths.map((path) => new URL(path, location.href).href);
}

function modulesOf(page) {
  const parts = [page, ...[...page.querySelectorAll("template")].map(({ content }) => content)];
  const roots = parts.flatMap((part) => [...part.querySelectorAll("[data-module]")]);
  const woken = roots.flatMap(({ dataset }) => dataset.module.split(/\s+/)).filter(Boolean);
  return woken.includes("lock") ? [...woken, ...UNDER_LOCK] : woken;
}

async function follow(address, files) {
  if (files.has(address) || !isFile(address)) return;
  files.add(address);
  if (!address.endsWith(".js")) return;
  const text = await (await fetch(address)).text();
  const imports = [...text.matchAll(IMPORTED)].map(([, path]) => new URL(path, address).href);
  await Promise.all(imports.map((path) => follow(path, files)));
}

function isFile(address) {
  const { origin, pathname } = new URL(address);
  return origin === location.origin && pathname.includes("/static/");
}

async function copies() {
  return "caches" in window ? caches.open(NAME) : null;
}
