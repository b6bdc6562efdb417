/* Keys pressed on a shift before the grid's script is awake: M and what follows wait for it, and are then done in order. */

(() => {
  const ACTS = ["Enter", "Escape", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"];
  const kept = [];

  function keep(event) {
    const { target, key, code, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || !target.closest("[data-place]")) return;
    if (code !== "KeyM" && !(kept.length && ACTS.includes(key))) return;
    event.preventDefault();
    kept.push({ target, key, code });
  }

  document.addEventListener("keydown", keep);
  document.addEventListener("plan:awake", () => {
    document.removeEventListener("keydown", keep);
    for (const { target, key, code } of kept) {
      target.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true }));
    }
  }, { once: true });
})();
