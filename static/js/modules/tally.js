/* A lane's buttons: every tap counts at once, is kept on this device, and then sent. */

import { derivedId } from "../scanner/derived-id.js";
import { keepPage } from "../scanner/copies.js";
import { Wording } from "../scanner/wording.js";
import { Lane } from "../tally/lane.js";

const EVERY = 5_000;
const SHOWN = 6;
const DIGITS = /[\u0660-\u0669\u06F0-\u06F9]/g;

export default class Tally {
  ready = null;
  #root;
  #lane;
  #wording;
  #picture = null;

  constructor(root) {
    const { shift, total, at, now } = root.dataset;
    const known = { total: Number(total), at: Date.parse(at), heard: Date.now() };
    const onChange = () => this.#show();
    this.#root = root;
    this.#wording = new Wording(root);
    const isOpen = "open" in root.dataset;
    this.#lane = new Lane({ shift: Number(shift), address: now, known, isOpen, onChange });
    // a browser that keeps nothing, as on pages without https, sends the forms instead
    if (window.isSecureContext) this.ready = this.#lane.open().then(() => this.#begin(), () => {});
  }

  #begin() {
    this.#root.addEventListener("submit", (event) => this.#submit(event));
    this.#part("seen").addEventListener("click", () => this.#lane.seen());
    setInterval(() => document.hidden || this.#lane.ask(), EVERY);
    const again = () => document.hidden || this.#lane.ask({ urgent: true });
    window.addEventListener("online", again);
    document.addEventListener("visibilitychange", again);
    this.#lane.ask({ urgent: true }).then(() => this.#lane.isFresh && keepPage());
  }

  #submit(event) {
    const { target, submitter } = event;
    if (target.matches('[data-part="pad"]')) {
      event.preventDefault();
      this.#press(Number(submitter.value));
    } else if (target.matches("[data-undoes]")) {
      event.preventDefault();
      this.#undo(target.dataset);
    } else if (target.matches('[data-part="typed"]') && !this.#lane.isFresh) {
      this.#typed(event);
    }
  }

  #press(amount) {
    if (this.#lane.total + amount < 0) return;
    navigator.vibrate?.(15);
    this.#lane.tap(amount);
  }

  async #undo({ undoes, amount }) {
    this.#lane.tap(-Number(amount), await derivedId(undoes, "undo"));
  }

  /* Without the server the difference is a tap as any other; with it the form asks about odd numbers. */
  #typed(event) {
    const field = event.target.elements.total;
    const latin = field.value.replace(DIGITS, (digit) => digit.charCodeAt(0) & 0xf).replaceAll(",", "").trim();
    if (!/^\d{1,6}$/.test(latin)) return;
    event.preventDefault();
    const amount = Number(latin) - this.#lane.total;
    if (amount) this.#lane.tap(amount);
    event.target.reset();
    event.target.closest("details").open = false;
  }

  // --- what is shown -------------------------------------------------------------------------

  /* The number and whether all is sent at once; the rest with the next picture, once for many taps. */
  #show() {
    const isSent = this.#lane.waiting.length === 0;
    this.#part("total").textContent = this.#wording.number(this.#lane.total);
    this.#part("waiting").hidden = isSent;
    this.#part("sent").hidden = !isSent;
    this.#picture ??= requestAnimationFrame(() => {
      this.#picture = null;
      this.#showRest();
    });
  }

  #showRest() {
    const { total, waiting, isFresh, isOpen } = this.#lane;
    const shown = this.#part("shown");
    if (shown) shown.value = total;
    const less = this.#root.querySelector('button[value="-1"]');
    if (less) less.disabled = total < 1;
    for (const sign of document.querySelectorAll("[data-network]")) {
      sign.hidden = (sign.dataset.network === "on") !== isFresh;
    }
    this.#fill(this.#root, "age", this.#wording.ago(this.#lane.age));
    this.#fill(this.#part("waiting"), "taps", this.#wording.records(waiting.length));
    this.#refusals();
    this.#taps();
    this.#tappers();
    // closed or cancelled meanwhile, or open again: the server says it in words
    if (isFresh && isOpen !== "open" in this.#root.dataset && !waiting.length) location.reload();
  }

  #refusals() {
    const { refused } = this.#lane;
    this.#part("refused").hidden = refused.length === 0;
    this.#part("refusals").replaceChildren(...refused.map((tap) => {
      const line = document.createElement("li");
      const amount = document.createElement("bdi");
      amount.textContent = this.#signed(tap.amount);
      line.append(amount, " · ", this.#wording.time(tap.device_at), " · ", tap.sentence);
      return line;
    }));
  }

  #taps() {
    if (!this.#lane.last) return;
    const waiting = [...this.#lane.waiting].reverse().map((tap) => this.#unsent(tap));
    const lines = [...waiting, ...this.#lane.last.map((tap) => this.#line(tap))].slice(0, SHOWN);
    this.#part("last").replaceChildren(...lines);
    this.#part("none").hidden = lines.length > 0;
  }

  #line({ uid, amount, name, at, is_undone }) {
    const line = this.#copy(is_undone ? "undone" : "tap");
    this.#fill(line, "amount", this.#signed(amount));
    this.#fill(line, "name", name);
    this.#fill(line, "at", this.#wording.time(at));
    const form = line.querySelector("form");
    if (form) {
      Object.assign(form.dataset, { undoes: uid, amount });
      form.elements.undoes.value = uid;
    }
    return line;
  }

  #unsent({ amount, device_at }) {
    const line = this.#copy("tap");
    this.#fill(line, "amount", this.#signed(amount));
    this.#fill(line, "at", this.#wording.time(device_at));
    line.querySelector("form")?.replaceWith(this.#part("unsent").content.cloneNode(true));
    return line;
  }

  #tappers() {
    const { tapping } = this.#lane;
    if (!tapping.length) return;
    this.#part("nobody").hidden = true;
    this.#part("tapping").replaceChildren(...tapping.map(({ name, amount }) => {
      const line = document.createElement("li");
      line.append(...[name, this.#wording.number(amount)].map((text) => {
        const part = document.createElement("bdi");
        part.textContent = text;
        return part;
      }));
      return line;
    }));
  }

  #signed(amount) {
    return `${amount < 0 ? "−" : "+"}${this.#wording.number(Math.abs(amount))}`;
  }

  #copy(name) {
    return this.#part(name).content.cloneNode(true).firstElementChild;
  }

  #fill(root, slot, text) {
    for (const part of root.querySelectorAll(`[data-slot="${slot}"]`)) part.textContent = text;
  }

  #part(name) {
    return this.#root.querySelector(`[data-part="${name}"]`);
  }
}
