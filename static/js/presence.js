/* Roll call and evacuation list: who is on site, ticked by a tap, with or without a network. */

import { Looks } from "./presence/looks.js";
import { Numbers } from "./presence/numbers.js";
import { OnSite } from "./presence/on-site.js";
import { Rows } from "./presence/rows.js";
import { fill } from "./scanner/frame.js";
import { keepBare } from "./scanner/copies.js";
import { Wording } from "./scanner/wording.js";

const AGES = 10_000;

class Presence {
  #root;
  #wording;
  #looks;
  #onSite;
  #numbers;
  #rows;
  #isKept = false;
  #wasFresh = false;

  constructor(root) {
    const { site, person, present, looks, numbers } = root.dataset;
    const owner = Number(person);
    const onChange = () => this.#show();
    this.#root = root;
    this.#wording = new Wording(root);
    this.#rows = new Rows(root, this.#wording);
    this.#looks = new Looks({ address: looks, owner, onChange });
    this.#numbers = new Numbers({ address: numbers, owner });
    this.#onSite = new OnSite({ address: present, site: Number(site), owner, looks: this.#looks, onChange });
    root.addEventListener("click", (event) => this.#press(event));
    root.addEventListener("submit", (event) => this.#submit(event));
    this.#open();
  }

  async #open() {
    await Promise.all([this.#looks.open().catch(() => {}), this.#numbers.open().catch(() => {})]);
    await this.#onSite.open({ atOnce: "kept" in this.#root.dataset });
    setInterval(() => this.#tick(), AGES);
    window.addEventListener("online", () => this.#looks.retry());
    await this.#looks.send();
  }

  #tick() {
    this.#show();
    this.#looks.send();
  }

  #press(event) {
    if (event.target.closest("[data-seen-refused]")) this.#looks.dismiss();
    if (event.target.closest("[data-emergency-names]")) this.#root.dataset.emergency = "";
    const button = event.target.closest("button.person-tick");
    if (!button) return;
    event.preventDefault();
    const id = Number(button.closest("[data-person]").dataset.person);
    const person = this.#onSite.people.find((one) => one.id === id) ?? { id, name: null };
    this.#onSite.look(person, button.getAttribute("aria-pressed") !== "true");
  }

  /* Without the server a call begins here; with it the page is asked for anew. */
  #submit(event) {
    if (!event.target.matches("[data-begin]") || this.#onSite.isFresh) return;
    event.preventDefault();
    this.#onSite.begin();
  }

  async #show() {
    this.#connection();
    if (this.#onSite.isFresh && !this.#wasFresh) this.#looks.retry();
    this.#wasFresh = this.#onSite.isFresh;
    if (!this.#onSite.isKnown) return;
    const { people, shifts, groups } = this.#onSite;
    this.#counts(people, groups);
    this.#crowds(groups);
    this.#rows.show(people, shifts, this.#numbers);
    if (!this.#onSite.isFresh) return;
    if (await this.#numbers.follow(people)) this.#rows.show(people, shifts, this.#numbers);
    await this.#keep();
  }

  #connection() {
    const isOff = this.#onSite.isKnown && !this.#onSite.isFresh && !this.#onSite.isLocked;
    if (!isOff) delete this.#root.dataset.emergency; // the lock can ask the server again
    for (const sign of document.querySelectorAll("[data-network]")) {
      sign.hidden = (sign.dataset.network === "off") !== isOff;
    }
    const { waiting, refused } = this.#looks;
    const unsent = this.#part("unsent");
    unsent.hidden = !isOff || waiting.length === 0;
    fill(unsent, { records: this.#wording.records(waiting.length) });
    this.#part("refused").hidden = refused.length === 0;
    this.#part("refused-list").replaceChildren(...refused.map((look) => this.#refusal(look)));
  }

  #counts(people, groups) {
    const seen = people.filter(({ isSeen }) => isSeen).length;
    const uncounted = groups.reduce((sum, { headcount, entered }) => sum + Math.max(headcount - entered, 0), 0);
    const { begunAt, askedAt, age } = this.#onSite;
    fill(this.#root.querySelector(".presence-count"), {
      seen: this.#wording.number(seen),
      all: this.#wording.number(people.length),
      uncounted: this.#wording.number(uncounted),
      begun: begunAt ? this.#wording.time(begunAt) : "",
      asked: this.#wording.time(askedAt),
    });
    this.#root.querySelector("[data-slot=age]").textContent = this.#wording.ago(age);
    this.#part("crowd-count").hidden = !uncounted;
    this.#part("complete").hidden = !people.length || seen < people.length || uncounted > 0;
    this.#part("begun").hidden = !begunAt;
    this.#part("begun-not").hidden = Boolean(begunAt);
    this.#part("nobody").hidden = people.length > 0 || groups.length > 0;
  }

  /* The evacuation list's; a roll call ticks people only. */
  #crowds(groups) {
    const list = this.#root.querySelector("[data-crowd-list]");
    if (!list) return;
    this.#part("crowds").hidden = groups.length === 0;
    const sample = this.#root.querySelector("template[data-crowd]").content.firstElementChild;
    list.replaceChildren(...groups.map((group) => this.#crowd(sample.cloneNode(true), group)));
  }

  #crowd(line, { name, headcount, entered, arrived_at: since }) {
    const number = (value) => this.#wording.number(value);
    const told = { all: number(headcount), entered: number(entered), uncounted: number(Math.max(headcount - entered, 0)) };
    fill(line, { ...told, since: this.#wording.time(since), name: name || this.#wording.word("people", "unnamed") });
    return line;
  }

  /* Once, so that this page and the evacuation list open without a network. */
  async #keep() {
    if (this.#isKept || !("caches" in window)) return;
    this.#isKept = true;
    for (const address of new Set([location.pathname, this.#root.dataset.evacuation])) {
      await keepBare(address).catch(() => {});
    }
  }

  #refusal({ name, sentence }) {
    const line = document.createElement("li");
    const who = document.createElement("bdi");
    who.textContent = name ?? "";
    line.append(who, who.textContent ? " · " : "", sentence ?? "");
    return line;
  }

  #part(name) {
    return this.#root.querySelector(`[data-${name}]`);
  }
}

new Presence(document.querySelector("[data-presence]"));
