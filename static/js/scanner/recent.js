/* The last five: what was done, how it stands, and a way to take it back. */

import { fill } from "./frame.js";

const MOST = 5;
const UNDO_WITHIN = 10 * 60_000;

export class Recent {
  #list;
  #row;
  #none;
  #wording;
  #key;
  #entries = [];
  #leaving = new Set();

  /* `onUndo` is given the entry whose button was pressed; until it is done the button rests. */
  constructor(scanner, wording, onUndo) {
    this.#list = scanner.querySelector("[data-recent]");
    this.#row = scanner.querySelector("template[data-recent-row]");
    this.#none = scanner.querySelector("[data-recent-none]");
    this.#wording = wording;
    this.#key = `scanner.recent.${scanner.dataset.site}.${scanner.dataset.person}`;
    this.#entries = JSON.parse(sessionStorage.getItem(this.#key)) ?? [];
    this.#list.addEventListener("click", (event) => {
      const uid = event.target.closest("[data-undo]")?.closest("li").dataset.uid;
      const entry = this.#entries.find((one) => one.uid === uid);
      if (entry) this.#takeBack(entry, onUndo);
    });
    setInterval(() => this.#show(), 30_000);
    this.#show();
  }

  /* A new entry, or a known one (by `uid`) with what changed. */
  put(entry) {
    const known = this.#entries.find((one) => one.uid === entry.uid);
    if (known) Object.assign(known, entry);
    else this.#entries = [entry, ...this.#entries].slice(0, MOST);
    sessionStorage.setItem(this.#key, JSON.stringify(this.#entries));
    this.#show();
  }

  isWaiting(uid) {
    return this.#entries.some((one) => one.uid === uid && one.state === "waiting");
  }

  async #takeBack(entry, onUndo) {
    if (this.#leaving.has(entry.uid)) return;
    this.#leaving.add(entry.uid);
    this.#show();
    try {
      await onUndo(entry);
    } finally {
      this.#leaving.delete(entry.uid);
      this.#show();
    }
  }

  #show() {
    this.#none.hidden = this.#entries.length > 0;
    this.#list.replaceChildren(...this.#entries.map((entry) => this.#shown(entry)));
  }

  #shown(entry) {
    const row = this.#row.content.firstElementChild.cloneNode(true);
    row.dataset.uid = entry.uid;
    fill(row, {
      name: entry.name ?? this.#wording.word("people", "unnamed"),
      act: this.#wording.word("acts", entry.word),
      time: this.#wording.time(entry.at),
    });
    for (const tag of row.querySelectorAll("[data-state]")) {
      tag.hidden = tag.dataset.state !== entry.state;
    }
    const button = row.querySelector("[data-undo]");
    button.hidden = !canUndo(entry);
    button.disabled = this.#leaving.has(entry.uid);
    button.setAttribute("aria-label", `${button.textContent.trim()}: ${entry.name ?? ""}`);
    return row;
  }
}

function canUndo({ word, state, done }) {
  const acts = ["in", "out", "badge"].includes(word) && !["refused", "undone"].includes(state);
  return acts && Date.now() - done < UNDO_WITHIN;
}
