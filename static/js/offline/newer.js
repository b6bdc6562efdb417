/* Says that a newer version is there to a page that was open when it came. */

import { piece } from "./pieces.js";

export async function showNewer(registration) {
  if (document.querySelector("[data-newer]")) return;
  const strip = await piece("newer");
  strip.querySelector("button").addEventListener("click", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
    registration.waiting?.postMessage({ script: "reload" });
  });
  document.querySelector("main")?.prepend(strip);
}
