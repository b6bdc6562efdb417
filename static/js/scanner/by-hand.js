/* Somebody without a badge: found on this device, then checked in or out with a reason. */

import { fill } from "./frame.js";

export class ByHand {
  #root;
  #roster;
  #wording;
  #onAct;
  #search;

  /* `onAct` is given the act ("manual_in" or "manual_out"), the person and the reason. */
  constructor(root, roster, wording, onAct) {
    this.#root = root;
    this.#roster = roster;
    this.#wording = wording;
    this.#onAct = onAct;
    this.#search = root.querySelector("[data-search]");
    this.#search.addEventListener("input", () => this.show());
    root.querySelector("[data-found]").addEventListener("click", (event) => this.#press(event));
  }

  show() {
    const found = this.#roster.find(this.#search.value);
    this.#root.querySelector("[data-reasons]").hidden = !found?.length;
    this.#root.querySelector("[data-nobody]").hidden = found === null || found.length > 0;
    const rows = (found ?? []).map((one) => this.#row(one));
    this.#root.querySelector("[data-found]").replaceChildren(...rows);
  }

  #row(person) {
    const { content } = this.#root.querySelector("template[data-person-row]");
    const row = content.firstElementChild.cloneNode(true);
    const { isIn } = this.#roster.whereabouts(person);
    fill(row, { name: person.name, note: this.#note(person) });
    for (const button of row.querySelectorAll("[data-act]")) {
      button.hidden = (button.dataset.act === "manual_in") === isIn;
      button.dataset.person = person.id;
      button.setAttribute("aria-label", `${button.textContent.trim()}: ${person.name}`);
    }
    return row;
  }

  #note(person) {
    const { isIn, since } = this.#roster.whereabouts(person);
    if (!since) return this.#wording.word("people", "awaited");
    const word = this.#wording.word("people", isIn ? "here" : "left");
    return isIn ? `${word} ${this.#wording.time(since)}` : word;
  }

  #press(event) {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    const person = this.#roster.byId(Number(button.dataset.person));
    const reason = this.#root.querySelector("[name=reason]:checked").value;
    this.#search.value = "";
    this.show();
    this.#onAct(button.dataset.act, person, reason);
  }
}
