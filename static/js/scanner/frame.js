/* The frame: what the camera sees or why it sees nothing, and over it the last answer. */

const STAYS = { in: 1200, out: 1200, undone: 1200, queued_in: 2000, queued_out: 2000, queued: 2000 };

export class Frame {
  #root;
  #scanner;
  #result;
  #leaving = null;

  constructor(scanner) {
    this.#scanner = scanner;
    this.#root = scanner.querySelector("[data-frame]");
    this.#result = scanner.querySelector("[data-result]");
    this.#result.addEventListener("click", ({ target }) => target.closest("a") || this.clear());
  }

  get view() {
    return this.#root.dataset.state ?? "ask";
  }

  /* One of ask, starting, live, denied, none, busy, inapp, insecure, asleep. */
  show(view) {
    this.#root.dataset.state = view;
    this.#root.querySelector("[data-video]").hidden = view !== "live";
    for (const part of this.#scanner.querySelectorAll("[data-view]")) {
      part.hidden = part.dataset.view !== view;
    }
  }

  /* Success leaves by itself; what needs a second look stays until the next code or a tap. */
  answer(name, said = {}) {
    const template = this.#scanner.querySelector(`template[data-answer="${name}"]`);
    const panel = template.content.cloneNode(true);
    fill(panel, said);
    panel.querySelector(".panel-time").hidden = !said.time;
    this.#result.replaceChildren(panel);
    const link = this.#result.querySelector("[data-by-name]");
    if (link && said.name) link.search = new URLSearchParams({ q: said.name });
    const page = this.#result.querySelector("[data-of-record]");
    if (page) page.pathname = page.pathname.replace("/0/", `/${said.record}/`);
    clearTimeout(this.#leaving);
    if (name in STAYS) this.#leaving = setTimeout(() => this.clear(), STAYS[name]);
  }

  clear() {
    this.#result.replaceChildren();
  }
}

/* What was said into the gaps of a copied template. */
export function fill(part, said) {
  for (const gap of part.querySelectorAll("[data-slot]")) {
    gap.textContent = said[gap.dataset.slot] ?? "";
  }
}
