/* Moves a shift in the week's grid: carried by mouse or finger, or taken up by the key M and put down by Enter. The form
   that is sent then asks first where people would be told. */

import { Carrying } from "../plan/carrying.js";

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export default class Plan {
  #table;
  #form;
  #told;
  #held = null;
  #places;
  #at = [0, 0];

  constructor(table) {
    this.#table = table;
    this.#form = document.getElementById("moving");
    this.#told = document.getElementById("moved");
    for (const link of table.querySelectorAll("[data-place] a")) link.draggable = false;
    this.#places = this.#rowsOfCells();
    new Carrying(table, {
      takes: (target) => target.closest("[data-place]"),
      up: (block) => this.#hold(block),
      over: (_block, place) => this.#mark(this.#together(cellAt(place))),
      down: (block, place) => this.#putDown(block, cellAt(place)),
      back: () => this.#putBack(),
    });
    table.addEventListener("keydown", (event) => this.#onKey(event));
    table.addEventListener("focusout", () => this.#putBack());
    this.#arrive();
    document.dispatchEvent(new Event("plan:awake"));
  }

  /* For each site or lane, and in it for each day, the cells that show it. */
  #rowsOfCells() {
    const rows = new Map();
    for (const cell of this.#table.querySelectorAll("td[data-day]")) {
      const { site, lane = "", day } = cell.dataset;
      const place = `${site}/${lane}`;
      if (!rows.has(place)) rows.set(place, new Map());
      const days = rows.get(place);
      days.set(day, [...(days.get(day) ?? []), cell]);
    }
    return [...rows.values()];
  }

  #onKey(event) {
    const block = event.target.closest("[data-place]");
    if (!this.#held) {
      const modified = event.ctrlKey || event.metaKey || event.altKey;
      if (block && event.code === "KeyM" && !modified) this.#take(block, event);
    } else if (STEPS[event.key]) {
      event.preventDefault();
      this.#step(...STEPS[event.key]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.#putDown(this.#held, this.#target[0]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.#putBack();
      this.#told.textContent = this.#table.dataset.kept;
    }
  }

  #take(block, event) {
    event.preventDefault();
    this.#hold(block);
    const cell = block.closest("td");
    const row = this.#places.findIndex((days) => days.get(cell.dataset.day)?.includes(cell));
    this.#at = [row, this.#days.indexOf(cell.dataset.day)];
    this.#told.textContent = this.#table.dataset.taken;
  }

  #hold(block) {
    this.#putBack();
    this.#held = block;
    block.dataset.held = "";
  }

  get #days() {
    return [...this.#table.querySelectorAll("thead th[data-day]")].map((head) => head.dataset.day);
  }

  get #target() {
    const [row, day] = this.#at;
    return this.#places[row].get(this.#days[day]);
  }

  /* Where Arabic is read, the next day stands on the left. */
  #step(down, along) {
    const forward = getComputedStyle(this.#table).direction === "rtl" ? -along : along;
    const row = Math.min(Math.max(this.#at[0] + down, 0), this.#places.length - 1);
    const day = Math.min(Math.max(this.#at[1] + forward, 0), this.#days.length - 1);
    if (!this.#places[row].has(this.#days[day])) return;
    this.#at = [row, day];
    this.#mark(this.#target);
    this.#target[0].scrollIntoView({ block: "nearest", inline: "nearest" });
    this.#told.textContent = this.#name(this.#target[0]);
  }

  #name(cell) {
    const day = this.#table.querySelector(`thead th[data-day="${cell.dataset.day}"]`);
    const { site, lane = "" } = cell.dataset;
    const place = this.#table.querySelector(`th[data-row="${site}/${lane}"]`);
    return `${day.dataset.name} · ${place.dataset.name}`;
  }

  #together(cell) {
    if (!cell) return [];
    const { site, lane = "", day } = cell.dataset;
    const all = [...this.#table.querySelectorAll(`td[data-site="${site}"][data-day="${day}"]`)];
    return all.filter((other) => (other.dataset.lane ?? "") === lane);
  }

  #mark(cells) {
    for (const marked of this.#table.querySelectorAll("td[data-over]")) delete marked.dataset.over;
    for (const cell of cells) cell.dataset.over = "";
  }

  #putBack() {
    this.#mark([]);
    if (this.#held) delete this.#held.dataset.held;
    this.#held = null;
  }

  #putDown(block, cell) {
    this.#putBack();
    if (!cell || this.#together(cell).includes(block.closest("td"))) return;
    const { site, lane = "", day } = cell.dataset;
    const values = { day, site_id: site, lane_id: lane, row_version: block.dataset.version };
    for (const [name, value] of Object.entries(values)) {
      this.#form.elements.namedItem(name).value = value;
    }
    this.#form.action = block.dataset.place;
    this.#form.requestSubmit();
  }

  /* After a move the page comes anew: the focus goes to the block, and what happened is said. */
  #arrive() {
    const block = document.getElementById(location.hash.slice(1));
    if (!block || !this.#table.contains(block)) return;
    block.querySelector("a").focus();
    const said = document.querySelector("main .strip[role=status]");
    if (said) this.#told.textContent = said.textContent.trim();
  }
}

function cellAt(place) {
  return place?.closest("td[data-day]");
}
