/* Stands between the pages and the network: answers from what this phone keeps when there is no other
   answer. It keeps files and one page about nobody; it never decides anything about a scan.

   No imports or exports: browsers that know no modules in workers run it too. */

const SCAN = /\/[sr]\/[^/]+\/?$/i;
const OWN = "checkin-";
const SHARED_DEVICE = "scanner";
const SCAN_PATIENCE = 8000;
const COPY_PATIENCE = 4000;

const cacheName = () => OWN + self.kept.version;
const shellAddress = () => new URL(self.kept.shell, self.registration.scope).href;

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("fetch", onFetch);
self.addEventListener("message", onMessage);

async function fill() {
  const cache = await caches.open(cacheName());
  // what the page that registers this has loaded comes from the browser's own cache
  await Promise.all([cache.addAll(self.kept.files), keepShell(cache)]);
}

async function keepShell(cache) {
  const answer = await fetch(shellAddress(), { cache: "no-store", credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${shellAddress()}: ${answer.status}`);
  await cache.put(shellAddress(), answer);
}

async function begin() {
  const old = (await caches.keys()).filter((name) => name.startsWith(OWN) && name !== cacheName());
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

function onFetch(event) {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "POST" && request.mode === "navigate") onForm(event, pathname);
  if (request.method !== "GET") return;
  if (pathname.startsWith(new URL("static/", self.registration.scope).pathname)) {
    event.respondWith(file(request));
  } else if (request.mode === "navigate") {
    event.respondWith(SCAN.test(pathname) ? scanPage(event) : page(event));
  } else if (request.url === shellAddress()) {
    event.respondWith(shell().then((kept) => kept ?? fetch(request)));
  }
}

function onForm(event, pathname) {
  if (pathname.endsWith("/sign-out")) event.waitUntil(caches.delete(SHARED_DEVICE));
  if (SCAN.test(pathname)) event.respondWith(pressed(event.request));
}

/* A poster's button pressed as the network goes: the page for offline keeps what was meant. It is told
   in the address, behind the #; should the first have arrived after all, this one is only its echo. */
async function pressed(request) {
  const copy = request.clone();
  try {
    return await fetch(request);
  } catch (fault) {
    const form = await copy.formData();
    const act = form.get("kind");
    if (act !== "in" && act !== "out") throw fault;
    const served = form.has("not_applicable") ? "" : (form.get("beneficiaries") ?? "");
    return Response.redirect(`${request.url}#${act}=${encodeURIComponent(served)}`, 303);
  }
}

async function file(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function network(event) {
  return (await event.preloadResponse) ?? fetch(event.request);
}

/* A scan is worth more than the page: a server that cannot answer is as good as none. */
async function scanPage(event) {
  const answer = network(event).then((given) => (given.status >= 500 ? null : given)).catch(() => null);
  return (await soon(answer, SCAN_PATIENCE)) ?? (await shell()) ?? (await answer) ?? Response.error();
}

/* Pages that keep a copy of themselves, as a display does, are shown from it. */
async function page(event) {
  const copy = await caches.match(event.request, { ignoreVary: true, ignoreSearch: true });
  const answer = network(event).catch(() => null);
  const given = copy ? ((await soon(answer, COPY_PATIENCE)) ?? copy) : await answer;
  return given ?? (await shell()) ?? Response.error();
}

function soon(answer, patience) {
  return Promise.race([answer, new Promise((pass) => setTimeout(pass, patience, null))]);
}

function shell() {
  return caches.match(shellAddress(), { ignoreVary: true });
}

/* `look`: the language and theme pages have now. `script`: what the page runs, to compare versions. */
function onMessage(event) {
  const { look, script } = event.data;
  if (look) event.waitUntil(followLook(look));
  if (script) compare(event.source, script);
}

async function followLook(look) {
  if ((await shell())?.headers.get("Look") === look) return;
  await keepShell(await caches.open(cacheName()));
}

/* A page as new as this worker lets it take over at once; an older one is told, and reloads. */
function compare(client, script) {
  if (self.kept.files.includes(script) || script === "reload") self.skipWaiting();
  else client.postMessage("newer");
}
