/* Wakes what a page asks for: data-module="number-picker toast" gets js/modules/<name>.js each. */

const awake = new WeakMap();

async function wake(root) {
  const names = root.dataset.module.split(/\s+/).filter(Boolean);
  const known = awake.get(root) ?? new Set();
  awake.set(root, known);
  for (const name of names.filter((name) => !known.has(name))) {
    known.add(name);
    const { default: Module } = await import(`./modules/${name}.js`);
    new Module(root);
  }
}

function wakeAll(within) {
  for (const root of within.querySelectorAll("[data-module]")) {
    if (!root.parentElement.closest("details:not([open])")) wake(root);
  }
}

wakeAll(document);
// What a closed <details> holds is not fetched before somebody opens it.
document.addEventListener("toggle", (event) => event.target.open && wakeAll(event.target), true);
document.addEventListener("live:changed", (event) => wakeAll(event.target));
document.addEventListener("htmx:load", (event) => wakeAll(event.target));
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
});
