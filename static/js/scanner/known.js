/* What stands beside the frame: the connection, how old the list is, what waits, what was refused. */

import { keep } from "../offline/store.js";
import { fill } from "./frame.js";

const AGES = 20_000;

export class Known {
  #root;
  #wording;
  #roster = null;
  #refused = [];

  constructor(root, wording) {
    this.#root = root;
    this.#wording = wording;
    root.querySelector("[data-seen]").addEventListener("click", () => this.#seen());
    setInterval(() => this.#roster && this.age(this.#roster), AGES);
  }

  network(isOn) {
    for (const sign of document.querySelectorAll("[data-network]")) {
      sign.hidden = (sign.dataset.network === "on") !== isOn;
    }
  }

  age(roster) {
    this.#roster = roster;
    const line = this.#root.querySelector("[data-age]");
    line.hidden = roster.age === null;
    if (roster.age === null) return;
    fill(line, { age: this.#wording.ago(roster.age), here: this.#wording.number(roster.here) });
  }

  show({ waiting, refused }) {
    const line = this.#root.querySelector("[data-waiting]");
    line.hidden = waiting.length === 0;
    fill(line, { records: this.#wording.records(waiting.length) });
    this.#refused = refused;
    const list = this.#root.querySelector("[data-refused-list]");
    this.#root.querySelector("[data-refused]").hidden = refused.length === 0;
    list.replaceChildren(...refused.map((kept) => this.#refusal(kept)));
  }

  /* As on the page about all that is kept: what somebody has seen needs no line any more. */
  async #seen() {
    await keep(...this.#refused.map((kept) => ({ ...kept, state: "removed", done_at: Date.now() })));
  }

  #refusal(kept) {
    const line = document.createElement("li");
    const name = document.createElement("bdi");
    name.textContent = kept.answer.name ?? kept.name ?? "";
    const said = [this.#wording.time(kept.device_at), kept.answer.sentence].filter(Boolean).join(" · ");
    line.append(name, name.textContent ? " · " : "", said);
    return line;
  }
}
