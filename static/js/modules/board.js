/* The floor's board: asks for what has changed, shows it where nobody's finger is, counts how old it
   is. What somebody asks for by hand, a filter or a search, comes without a new page, at once. */

const QUIET = 3_000;
const PATIENCE = 8_000;
const TYPING = 200;
const SAID_EVERY = 10_000;
const SLIDE = 220;
const INDIC = "٠١٢٣٤٥٦٧٨٩";

/* What only an open sheet needs comes with the first one. */
function styled(href) {
  const known = [...document.querySelectorAll("link[rel=stylesheet]")].some((link) => link.getAttribute("href") === href);
  if (!href || known) return null;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  document.head.append(link);
  return new Promise((done) => { link.onload = link.onerror = done; });
}

function slideBy(row, pixels) {
  return row.animate([{ transform: `translateY(${pixels}px)` }, { transform: "none" }], { duration: SLIDE, easing: "ease-out" });
}

const head = (list) => list?.closest("table")?.tHead.textContent;

export default class Board {
  #root;
  #address;
  #etag;
  #waiting = null;
  #asking = null;
  #seenAt;
  #skew = 0;
  #pressed = false;
  #touchedAt = -Infinity;
  #saidAt = -Infinity;
  #typing = null;
  #slides = [];

  constructor(root) {
    this.#root = root;
    ({ url: this.#address, etag: this.#etag } = root.dataset);
    // The page itself is as old as its coming.
    this.#seenAt = Date.now() - performance.now() + (performance.getEntriesByType("navigation")[0]?.responseEnd ?? 0);
    this.#skew = Number(root.dataset.now) * 1_000 - this.#seenAt;
    this.#feelHands();
    this.#followActs();
    this.#say("fresh");
    document.addEventListener("visibilitychange", () => this.#poll());
    window.addEventListener("online", () => this.#poll());
    setInterval(() => this.#poll(), Number(root.dataset.every) * 1_000);
    setInterval(() => this.#tick(), 1_000);
  }

  /* ---- hands: nothing moves while somebody presses, scrolls or has just done so ---- */

  #feelHands() {
    const touch = (pressed) => () => {
      this.#pressed = pressed;
      this.#touchedAt = Date.now();
    };
    const passive = { passive: true, capture: true };
    for (const name of ["pointerdown", "touchstart"]) window.addEventListener(name, touch(true), passive);
    for (const name of ["pointerup", "touchend", "touchcancel"]) window.addEventListener(name, touch(false), passive);
    // A finger that scrolls is taken from the pointer's events; the touch goes on.
    for (const name of ["scroll", "wheel", "touchmove"]) {
      window.addEventListener(name, () => { this.#touchedAt = Date.now(); }, passive);
    }
    window.addEventListener("pointercancel", (event) => event.pointerType === "touch" || touch(false)(), passive);
  }

  get #isTouched() {
    return this.#pressed || Date.now() - this.#touchedAt < QUIET;
  }

  /* ---- what somebody asks for ---- */

  #followActs() {
    this.#root.addEventListener("click", (event) => this.#onClick(event));
    const form = this.#root.querySelector("[role=search]");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#search(form);
    });
    form.addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#search(form), TYPING);
    });
    this.#part("news").addEventListener("click", () => this.#show());
  }

  #onClick(event) {
    const link = event.target.closest("a[href]");
    if (event.target.closest("[data-part=asks]")) this.#openAsks(!("open" in this.#part("tray").dataset));
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.matches(".counter")) {
      event.preventDefault();
      this.#root.querySelector("[role=search] [name=q]").value = "";
      this.#root.querySelector("[role=search] [name=show]").value = new URL(link.href).searchParams.get("show");
      this.#go(link.href);
    } else if ("sheet" in link.dataset) {
      event.preventDefault();
      this.#openSheet(link);
    }
  }

  /* Many requests are one line until somebody wants to answer them. */
  #openAsks(open) {
    this.#part("tray").toggleAttribute("data-open", open);
    this.#part("asks").setAttribute("aria-expanded", open);
  }

  #search(form) {
    clearTimeout(this.#typing);
    const query = new URLSearchParams(new FormData(form));
    if (!query.get("q").trim()) query.delete("q");
    this.#go(`${form.action}?${query}`);
  }

  async #go(address) {
    this.#address = address;
    history.replaceState(history.state, "", address);
    this.#etag = null;
    this.#waiting = null;
    await this.#ask({ byHand: true });
  }

  async #openSheet(link) {
    const sheet = document.getElementById("sheet");
    try {
      const [{ default: open }] = await Promise.all([import("../board/sheet.js"), styled(sheet.dataset.style)]);
      await open(sheet, link.href);
      sheet.addEventListener("close", () => this.#poll(), { once: true });
    } catch {
      location.assign(link.href);
    }
  }

  /* ---- asking ---- */

  #poll() {
    // A locked screen is told nothing; a hidden one needs nothing.
    if (document.hidden || this.#asking || "locked" in document.documentElement.dataset) return;
    this.#ask({ byHand: false });
  }

  async #ask({ byHand }) {
    this.#asking?.abort();
    const asking = this.#asking = new AbortController();
    const patience = setTimeout(() => asking.abort(), PATIENCE);
    try {
      const headers = { "HX-Request": "true", "X-Known": this.#known(byHand), ...(!byHand && { "X-Poll": "1" }) };
      if (this.#etag) headers["If-None-Match"] = this.#etag;
      const answer = await fetch(this.#address, { headers, cache: "no-store", signal: asking.signal });
      await this.#take(answer, byHand);
    } catch {
      if (this.#asking === asking) this.#say("stale");
    } finally {
      clearTimeout(patience);
      if (this.#asking === asking) this.#asking = null;
    }
  }

  async #take(answer, byHand) {
    if (answer.headers.has("X-Locked")) return void document.dispatchEvent(new Event("lock:fallen"));
    // Signed out, not ours any more, gone: the page itself knows what to say.
    if (answer.redirected || (answer.status >= 400 && answer.status < 500)) return location.reload();
    if (!answer.ok && answer.status !== 304) return this.#say("stale");
    const text = answer.status === 304 ? null : await answer.text();
    this.#skew = Date.parse(answer.headers.get("Date") ?? "") - Date.now() || 0;
    this.#seenAt = Date.now();
    this.#say("fresh");
    if (text === null) return;
    this.#etag = answer.headers.get("ETag");
    this.#waiting = document.createElement("template");
    this.#waiting.innerHTML = text;
    this.#takeCounters();
    if (byHand) this.#show({ byHand });
    else this.#settle();
  }

  /* Under another filter a row may have other columns. */
  #known(byHand) {
    const kept = this.#root.querySelectorAll(byHand ? "[data-mark]:not(tr)" : "[data-mark]");
    return [...kept].map((one) => one.dataset.mark).join("").slice(0, 6_000);
  }

  /* ---- showing ---- */

  #live(name, within = this.#root) {
    return within.querySelector(`[data-live="${name}"]`);
  }

  #part(name) {
    return this.#root.querySelector(`[data-part="${name}"]`);
  }

  /* Numbers change in place: they need not wait for anybody's finger. */
  #takeCounters() {
    const [old, fresh] = [this.#live("counters"), this.#live("counters", this.#waiting.content)];
    const [shown, coming] = [old, fresh].map((one) => [...one.querySelectorAll("a")]);
    if (shown.length !== coming.length) return old.replaceChildren(...fresh.childNodes);
    coming.forEach((link, index) => {
      shown[index].href = link.getAttribute("href");
      shown[index].toggleAttribute("aria-current", link.hasAttribute("aria-current"));
      if (link.hasAttribute("aria-current")) shown[index].setAttribute("aria-current", "true");
      const [number, next] = [shown[index], link].map((one) => one.firstElementChild);
      if (number.textContent !== next.textContent) number.textContent = next.textContent;
    });
  }

  /* Now, or when the hand has gone: until then a button says how much waits. */
  #settle() {
    if (this.#waiting === null) return;
    if (!this.#isTouched && !this.#takesFocus()) return this.#show();
    const count = this.#changes();
    const button = this.#part("news");
    button.hidden = count === 0;
    button.textContent = this.#news(count);
    if (count === 0) this.#show();
  }

  #order(name) {
    return this.#live(name, this.#waiting.content).querySelector("[data-order]")?.dataset.order.match(/.{8}/g) ?? [];
  }

  /* Rows and requests that come, go, or say something else. */
  #changes() {
    const order = new Set([...this.#order("list"), ...this.#order("asks")]);
    const keys = new Set();
    for (const one of this.#root.querySelectorAll("[data-key]")) if (!order.has(one.dataset.mark)) keys.add(one.dataset.key);
    for (const one of this.#waiting.content.querySelectorAll("[data-key]")) keys.add(one.dataset.key);
    return keys.size;
  }

  /* Whether the row that holds the keyboard's focus would go. */
  #takesFocus() {
    const row = document.activeElement?.matches(":focus-visible") && document.activeElement.closest("[data-key]");
    return Boolean(row) && this.#root.contains(row) && ![...this.#order("list"), ...this.#order("asks")].includes(row.dataset.mark);
  }

  #news(count) {
    const sentences = this.#root.dataset.news.split("|");
    return sentences[Math.min(count, sentences.length) - 1] ?? "";
  }

  #show({ byHand = false } = {}) {
    if (this.#waiting === null) return;
    const count = this.#changes();
    const content = this.#waiting.content;
    const before = byHand ? null : this.#places();
    this.#waiting = null;
    this.#part("news").hidden = true;
    const [waits, wait] = [this.#root, content].map((one) => one.querySelector("[data-part=asks] span"));
    if (waits.textContent !== wait.textContent) waits.textContent = wait.textContent;
    const whole = ["list", "asks"].map((name) => this.#merge(this.#live(name), this.#live(name, content), byHand));
    if (!this.#live("asks").querySelector("[data-key]")) this.#openAsks(false);
    const more = this.#live("more", content);
    if (more) this.#live("more").replaceChildren(...more.childNodes);
    if (!whole.every(Boolean)) {
      // Something we were thought to have is not here: ask for all of it.
      this.#etag = null;
      for (const one of this.#root.querySelectorAll("[data-mark]")) one.removeAttribute("data-mark");
      return void this.#ask({ byHand });
    }
    if (before) this.#slide(before);
    this.#tick();
    this.#root.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
    if (!byHand && count) this.#announce(count);
  }

  /* Every kept piece stays the same element, so that focus and sight stay with it. */
  #merge(old, fresh, byHand) {
    const [list, next] = [old, fresh].map((one) => one.querySelector("[data-order]"));
    const kept = new Map([...old.querySelectorAll("[data-key]")].map((one) => [one.dataset.mark, one]));
    const keys = new Map([...kept.values()].map((one) => [one.dataset.key, one]));
    const come = new Map([...fresh.querySelectorAll("[data-key]")].map((one) => [one.dataset.mark, one]));
    const rows = next?.dataset.order.match(/.{8}/g)?.map((mark) => come.get(mark) ?? kept.get(mark)) ?? [];
    const sameHead = head(list) === head(next);
    if (rows.includes(undefined) || (!sameHead && rows.some((row) => !come.has(row.dataset.mark)))) return false;
    for (const row of come.values()) this.#greet(row, keys.get(row.dataset.key), byHand);
    if (list && next && sameHead && old.childElementCount === fresh.childElementCount) {
      list.dataset.order = next.dataset.order;
      rows.forEach((row, index) => list.children[index] === row || list.insertBefore(row, list.children[index] ?? null));
      while (list.children.length > rows.length) list.lastElementChild.remove();
    } else {
      next?.replaceChildren(...rows);
      old.replaceChildren(...fresh.childNodes);
    }
    return true;
  }

  #greet(row, before, byHand) {
    if (before?.contains(document.activeElement)) {
      queueMicrotask(() => row.querySelector("a, button")?.focus({ preventScroll: true }));
    }
    if (before || byHand) return;
    row.dataset.fresh = "";
    row.addEventListener("animationend", () => delete row.dataset.fresh, { once: true });
  }

  /* Rows that move slide there: nothing jumps, and the eye can follow. */
  #places() {
    const rows = this.#root.querySelectorAll("tbody [data-key]");
    return new Map([...rows].map((row) => [row.dataset.key, row.getBoundingClientRect().top]));
  }

  /* A row that is still on its way goes on from where it is seen. */
  #slide(before) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const slide of this.#slides) slide.cancel();
    const rows = [...this.#root.querySelectorAll("tbody [data-key]")];
    const ways = rows.map((row) => before.get(row.dataset.key) - row.getBoundingClientRect().top);
    this.#slides = rows.flatMap((row, index) => (ways[index] ? [slideBy(row, ways[index])] : []));
  }

  #announce(count) {
    if (Date.now() - this.#saidAt < SAID_EVERY) return;
    this.#saidAt = Date.now();
    this.#part("said").textContent = this.#news(count);
  }

  /* ---- time ---- */

  #tick() {
    if (document.hidden) return;
    this.#settle();
    const age = Math.max(Math.round((Date.now() - this.#seenAt) / 1_000), 1);
    const sentence = this.#root.dataset.ages.split("|").map((one) => one.split("=")).findLast(([from]) => age >= Number(from))[1];
    for (const one of document.querySelectorAll("[data-age]")) if (one.textContent !== sentence) one.textContent = sentence;
    const now = (Date.now() + this.#skew) / 1_000;
    for (const cell of this.#root.querySelectorAll("[data-since]")) {
      const text = this.#lasting(Math.max(Math.floor((now - Number(cell.dataset.since)) / 60), 0));
      if (cell.textContent !== text) cell.textContent = text;
    }
  }

  #lasting(minutes) {
    return this.#inDigits(`${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`);
  }

  #inDigits(text) {
    return this.#root.dataset.digits === "arab" ? text.replace(/\d/g, (digit) => INDIC[digit]) : text;
  }

  #say(state) {
    this.#root.dataset.state = state;
    for (const sign of document.querySelectorAll("[data-live-state]")) sign.hidden = sign.dataset.liveState !== state;
    if (state === "stale") {
      const clock = { hour: "numeric", minute: "2-digit", hour12: true, timeZone: this.#root.dataset.zone };
      const lang = `${document.documentElement.lang}-u-nu-${this.#root.dataset.digits}`;
      this.#part("since").textContent = new Intl.DateTimeFormat(lang, clock).format(this.#seenAt + this.#skew);
    }
    this.#tick();
  }
}
