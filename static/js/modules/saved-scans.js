/* The page for times without a network: keeps the scan in its address, then shows its fate. */

import {
  codeIn, comingIn, countIn, decide, echoOf, goingOut, openNow, pressedIn,
} from "../offline/deciding.js";
import { me, signedOut } from "../offline/facts.js";
import { fill, num, piece, timeOf } from "../offline/pieces.js";
import { add, all, change, find, flush, onChange, receiptNumber } from "../offline/queue.js";
import { rowOf } from "../offline/rows.js";
import { scannerLinks } from "../offline/scanners.js";
import { keep } from "../offline/store.js";

const UNANSWERED = 10 * 60_000;
const OPEN = ["waiting", "attention"];

export default class SavedScans {
  #root;
  #uid = null;
  #drawing = null;
  #again = false;
  #broken = false;

  constructor(root) {
    this.#root = root;
    root.addEventListener("click", (event) => this.#onClick(event));
    this.#part("count").addEventListener("submit", (event) => this.#onCount(event));
    this.#begin();
  }

  async #begin() {
    await shown();
    const code = codeIn(location.pathname);
    const earlier = history.state?.savedScan;
    if (earlier) this.#uid = (await find(earlier)) && earlier;
    else if (code && isOpenedNow()) await this.#keepScan();
    onChange(() => this.#draw());
    await this.#draw();
    if (this.#uid) await flush();
  }

  async #keepScan() {
    try {
      this.#uid = await this.#kept(codeIn(location.pathname));
    } catch {
      await this.#showPanel("not-kept");
      this.#broken = true;
    }
  }

  /* The id stands in the history: a page restored by the browser is the same scan, not another one. */
  async #kept(code) {
    const [scans, whose, now] = [await all(), await me(), Date.now()];
    const pressed = pressedIn(location.hash);
    const echo = echoOf(code, scans, whose?.volunteer ?? null, now, pressed?.act);
    const scan = echo ?? (await add({ code, ...due(decide({ scans, me: whose, now, pressed })) }));
    history.replaceState({ ...history.state, savedScan: scan.uid }, "", location.pathname);
    return scan.uid;
  }

  /* One drawing at a time; what changes meanwhile is drawn once more. */
  async #draw() {
    this.#again = true;
    this.#drawing ??= (async () => {
      while (this.#again) {
        this.#again = false;
        await this.#drawOnce();
      }
      this.#drawing = null;
    })();
    await this.#drawing;
  }

  async #drawOnce() {
    const [scans, whose] = await Promise.all([all(), me()]);
    const scan = scans.find(({ uid }) => uid === this.#uid) ?? null;
    if (scan) await this.#showScan(scan, scans, whose);
    else if (!this.#isList() && !this.#broken) await this.#showAway();
    const own = ({ state, volunteer }) => OPEN.includes(state) || volunteer === (whose?.volunteer ?? null);
    await this.#showList(scans.filter((one) => one !== scan && own(one)), whose, Boolean(scan));
  }

  /* No page, and no scan either unless somebody says so: a restored tab is nobody at a poster. */
  async #showAway() {
    const code = codeIn(location.pathname);
    await this.#showPanel(code ? "no-scan" : "no-page");
    this.#show({ acts: Boolean(code), door: false });
    this.#showActs({ keep: Boolean(code), retry: false, in: false, out: false, remove: false });
    if (!code) await this.#showScanners();
  }

  /* A supervisor's tablet has something that works, wherever the network left them. */
  async #showScanners() {
    const links = await scannerLinks();
    this.#part("scanners").replaceChildren(...links);
    this.#show({ scanners: links.length > 0 });
  }

  async #showScan(scan, scans, whose) {
    const name = verdictOf(scan, await signedOut());
    const answered = scan.answer?.effective_at ?? scan.device_at; // the server's word, once there is one
    await this.#showPanel(name, { time: await timeOf(answered), sentence: scan.answer?.sentence ?? "" });
    const waits = scan.state === "waiting";
    const free = waits && !scan.sent;
    const removed = scan.state === "removed";
    const waiting = scans.filter(({ state }) => state === "waiting").length;
    await this.#showFacts({
      "number-fact": waits || scan.state === "attention" ? await num(await receiptNumber(scan)) : "",
      site: (scan.state === "done" && scan.answer?.site) || "",
      served: scan.beneficiaries === null || removed ? "" : await num(scan.beneficiaries),
      waiting: waiting > 0 ? await num(waiting) : "",
    });
    const asks = free && scan.act === "out" && scan.asks;
    const door = name === "sign-in";
    this.#show({ count: asks, acts: true, door, onward: name === "received" });
    this.#part("onward").href = location.pathname;
    this.#showActs({
      keep: false,
      retry: waits && !asks && !door,
      in: free && scan.act === "out",
      out: free && scan.act === "in",
      remove: free,
    });
    const link = this.#part("receipt");
    link.hidden = !scan.answer?.address;
    if (!link.hidden) link.href = scan.answer.address;
  }

  async #showFacts(facts) {
    for (const [name, text] of Object.entries(facts)) {
      this.#part(name).hidden = text === "";
      this.#part(name).querySelector("[data-slot]").textContent = text;
    }
    this.#show({ facts: Object.values(facts).some(Boolean) });
  }

  async #showPanel(name, slots = {}) {
    const place = this.#part("verdict");
    if (place.dataset.shown !== name) {
      const panel = await piece(name);
      const heading = panel.querySelector("h2");
      const title = document.createElement("h1");
      title.textContent = heading.textContent;
      heading.replaceWith(title);
      place.replaceChildren(panel);
      place.dataset.shown = name;
      document.title = document.title.replace(/^[^–]*/, `${title.textContent.trim()} `);
    }
    fill(place, slots);
    // alone on its line the time need not be held together: very large text may break it
    const large = place.querySelector(".panel-time [data-slot]");
    if (large) large.textContent = large.textContent.replace("\u00a0", " ");
    for (const slot of place.querySelectorAll("[data-slot]")) {
      slot.parentElement.hidden = !slot.textContent && slot.parentElement.textContent.trim() === "";
    }
    this.#part("title").replaceChildren();
    this.#show({ verdict: true, title: false });
  }

  async #showList(scans, whose, besides) {
    const rows = await Promise.all(scans.reverse().map((scan) => rowOf(scan, whose)));
    this.#part("rows").replaceChildren(...rows);
    const alone = this.#isList();
    this.#show({ list: rows.length > 0, "list-title": besides || !alone, none: !rows.length && alone });
  }

  async #onClick(event) {
    const act = event.target.closest("[data-do]")?.dataset.do;
    if (act === "keep") await this.#keepScan().then(() => this.#draw());
    if (act === "retry") await flush({ urgent: true });
    if (act === "remove") await change(this.#uid, { state: "removed", done_at: Date.now() });
    if (act === "in") await change(this.#uid, due(comingIn(await this.#openBefore())));
    if (act === "out") await change(this.#uid, due(goingOut(await this.#openBefore())));
    if (act === "seen") await this.#seen(event.target.closest("[data-uid]").dataset.uid);
  }

  async #openBefore() {
    const others = (await all()).filter(({ uid }) => uid !== this.#uid);
    return openNow(others, await me());
  }

  async #seen(uid) {
    await keep({ ...(await find(uid)), state: "removed", done_at: Date.now() });
  }

  async #onCount(event) {
    event.preventDefault();
    const form = event.target;
    const none = form.elements.namedItem("not_applicable").checked;
    const beneficiaries = none ? null : countIn(form.elements.namedItem("beneficiaries").value);
    this.#show({ "count-error": Number.isNaN(beneficiaries) });
    if (Number.isNaN(beneficiaries)) return;
    await change(this.#uid, { beneficiaries, asks: false, ready_at: 0 });
    await flush();
  }

  #isList() {
    return /\/offline\/?$/.test(location.pathname);
  }

  #part(name) {
    return this.#root.querySelector(`[data-part="${name}"]`);
  }

  #show(parts) {
    for (const [name, shown] of Object.entries(parts)) this.#part(name).hidden = !shown;
  }

  #showActs(acts) {
    for (const [name, shown] of Object.entries(acts)) {
      this.#root.querySelector(`[data-part="acts"] [data-do="${name}"]`).hidden = !shown;
    }
  }
}

/* A page that a browser makes ready ahead of time was asked for by nobody yet. */
function shown() {
  if (!document.prerendering) return null;
  return new Promise((pass) => document.addEventListener("prerenderingchange", pass, { once: true }));
}

/* By a camera, a link or a button; not brought back by the browser, and not loaded again. */
function isOpenedNow() {
  const [way] = performance.getEntriesByType("navigation");
  return !way || way.type === "navigate";
}

/* A check-out waits a while for the number of those served, then goes without. */
function due(decided) {
  return { ...decided, ready_at: decided.asks ? Date.now() + UNANSWERED : 0 };
}

function verdictOf(scan, nobody) {
  const way = scan.act === "out" ? "out" : "in";
  if (scan.state === "removed") return "removed";
  if (scan.state === "attention") return "refused";
  if (scan.state === "done") return scan.answer?.attendance_id ? `${way}-done` : "received";
  if (navigator.onLine === false) return `${way}-offline`;
  return nobody ? "sign-in" : `${way}-slow`;
}
