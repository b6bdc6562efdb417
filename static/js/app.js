/* Wakes what a page asks for: data-module="number-picker toast" gets js/modules/<name>.js each;
   with data-later once the page has come and is still. */

const awake = new WeakMap();
const PATIENCE = 2000;

async function wake(root) {
  const names = root.dataset.module.split(/\s+/).filter(Boolean);
  const known = awake.get(root) ?? new Set();
  awake.set(root, known);
  for (const name of names.filter((name) => !known.has(name))) {
    known.add(name);
    try {
      const { default: Module } = await import(`./modules/${name}.js`);
      await new Module(root).ready;
    } catch (fault) {
      known.delete(name);
      if (!("later" in root.dataset)) throw fault;
      window.addEventListener("online", () => wake(root), { once: true });
    }
  }
}

function wakeAll(within) {
  const waking = [];
  for (const root of within.querySelectorAll("[data-module]")) {
    if (root.parentElement.closest("details:not([open])")) continue;
    if ("later" in root.dataset) whenIdle(() => wake(root));
    else waking.push(wake(root));
  }
  return Promise.all(waking);
}

// What a closed <details> holds is not fetched before somebody opens it.
document.addEventListener("toggle", (event) => event.target.open && wakeAll(event.target), true);
document.addEventListener("live:changed", (event) => wakeAll(event.target));
document.addEventListener("htmx:load", (event) => wakeAll(event.target));
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
});

// A page that answered a form has an address too: Back then loads the page, not the form again.
if ("answer" in document.body.dataset) history.replaceState(history.state, "", location.href);

/* What was typed survives a change of language: kept in this tab until the page is there again. */

const TYPED = "typed";
const PRIVATE = "[type=hidden], [type=password], [type=file], [autocomplete=one-time-code]";
const here = location.pathname + location.search;

function typedFields() {
  const all = document.querySelectorAll("main form.form[method=post] :is(input, select, textarea)");
  return [...all].filter((field) => field.name && !field.matches(PRIVATE));
}

const isTick = (field) => field.type === "checkbox" || field.type === "radio";

document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (!defaultPrevented && target.getAttribute("action")?.endsWith("/preferences")) {
    const typed = typedFields().map((field) =>
      [field.name, isTick(field) ? field.checked : field.value]);
    if (typed.length) sessionStorage.setItem(TYPED, JSON.stringify({ here, typed }));
  }
});

const kept = JSON.parse(sessionStorage.getItem(TYPED));
sessionStorage.removeItem(TYPED);
const fields = kept?.here === here ? typedFields() : [];
// only into the very same fields: whatever changed meanwhile on the page is newer
if (fields.every((field, index) => field.name === kept.typed[index]?.[0])) {
  fields.forEach((field, index) => {
    field[isTick(field) ? "checked" : "value"] = kept.typed[index][1];
  });
}

// What a press or a test may rely on: everything this page asked for at once answers to hands.
wakeAll(document).then(() => { document.documentElement.dataset.awake = ""; });

/* Scans kept on this phone: everything about them comes after the page, at once only when some wait. */

const { offline } = document.documentElement.dataset;
const waiting = () => localStorage.getItem("waiting-scans");

async function keepScans() {
  // When the network goes before this has come, the next page asks for it again.
  const script = await import("./offline/start.js").catch(() => null);
  await script?.start(offline);
}

function whenIdle(act) {
  const idle = () => ("requestIdleCallback" in window ? requestIdleCallback(act) : act());
  const later = () => setTimeout(idle, PATIENCE);
  if (document.readyState === "complete") later();
  else window.addEventListener("load", later);
}

if (offline && "serviceWorker" in navigator) {
  if (offline === "shell" || Number(waiting()) > 0) keepScans();
  else if (offline !== "anyone") whenIdle(keepScans);
}

// People a lane served go out from whatever page comes next.
if (Number(localStorage.getItem("waiting-taps")) > 0) {
  import("./tally/sending.js").then(({ flush }) => flush()).catch(() => {});
}

// Who signs out with scans that wait is told first.
document.addEventListener("submit", async (event) => {
  if (waiting() === null || !event.target.getAttribute("action")?.endsWith("/sign-out")) return;
  event.preventDefault();
  event.stopPropagation();
  const leaving = await import("./offline/leaving.js").catch(() => null);
  await (leaving ? leaving.signOut(event.target) : event.target.submit());
}, true);
