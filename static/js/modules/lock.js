/* Covers a page of staff that nobody has touched for a while, in every tab of this browser, and
   unlocks it in place: what was typed stays. The server decides and locks by itself as well; this
   only sees to it that no name stands on a screen meanwhile. On a page that works without anybody, as
   the scanner does (data-soft), only the names go and the page goes on. */

const TICK = 5_000;
const TOLD_EVERY = 35_000;
const COPY_AFTER = 60_000;
const HANDS = ["pointerdown", "pointermove", "wheel", "keydown"];
const HEADERS = { Accept: "application/json" };
const SHUT = "lock-shut";
const TOUCHED = "lock-touched";
const SKEW = "lock-skew";

const number = (name) => Number(localStorage.getItem(name) ?? 0);

export default class Lock {
  #root;
  #idle;
  #cover = null;
  #touched = Date.now();
  #told = Date.now();
  #unsent = false;
  #isPrepared = false;
  #title = document.title;

  constructor(root) {
    this.#root = root;
    this.#idle = Number(root.dataset.idle) * 1000;
    for (const event of HANDS) {
      window.addEventListener(event, (event) => this.#touch(event), { passive: true, capture: true });
    }
    window.addEventListener("storage", ({ key }) => key === SHUT && this.#follow());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.#follow());
    document.addEventListener("visibilitychange", () => this.#tick());
    document.addEventListener("lock:fallen", () => this.#shut());
    document.addEventListener("lock:ask", () => this.#ask());
    document.addEventListener("lock:prepare", () => this.#prepare(), { once: true });
    document.addEventListener("submit", (event) => this.#byHand(event), true);
    document.addEventListener("htmx:beforeOnLoad", (event) => this.#answered(event));
    setInterval(() => this.#tick(), TICK);
    this.#begin();
  }

  /* A page that has just come from the server is open, unless it says otherwise; a copy of one, as
     offline, is as open as this browser was left. One made to be kept names no instant (0). */
  #begin() {
    const served = Number(this.#root.dataset.served);
    const isCopy = served === 0 || (localStorage.getItem(SKEW) !== null
      && Math.abs(Date.now() + number(SKEW) - served) > COPY_AFTER);
    if ("shut" in this.#root.dataset) return this.#shut();
    if (isCopy) return this.#follow();
    localStorage.removeItem(SHUT);
    localStorage.setItem(TOUCHED, this.#touched);
  }

  #follow() {
    if (localStorage.getItem(SHUT) !== null) this.#shut();
    else if (this.#isIdle()) this.#fall();
    else this.#open();
  }

  get #isShut() {
    return "locked" in document.documentElement.dataset;
  }

  #isIdle() {
    return Date.now() - Math.max(this.#touched, number(TOUCHED)) >= this.#idle;
  }

  /* A code read by a cable's scanner is keys too, and nobody's hand: there only fields count. */
  #touch({ type, target }) {
    if (this.#isShut) return;
    if ("soft" in this.#root.dataset && type === "keydown" && !target.matches?.("input, textarea")) return;
    if (this.#isIdle()) return this.#fall(); // the first touch of whoever comes after
    this.#touched = Date.now();
  }

  /* What a cover needs comes a little after the page, and before the network may go. */
  #prepare() {
    if (this.#isPrepared) return;
    this.#isPrepared = true;
    const { style } = this.#root.dataset;
    if (!document.querySelector(`link[href="${style}"]`)) {
      document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: style }));
    }
    for (const name of ["pin-pad", "submit-once"]) import(`./${name}.js`).catch(() => {});
  }

  #tick() {
    this.#prepare();
    if (this.#isShut) return this.#unsent && this.#lock();
    if (this.#isIdle()) return this.#fall();
    if (this.#touched > number(TOUCHED)) localStorage.setItem(TOUCHED, this.#touched);
    if (this.#touched > this.#told && Date.now() - this.#told >= TOLD_EVERY) this.#tell();
  }

  /* Somebody is there: the server does not see fingers that only scroll and read. */
  async #tell() {
    this.#told = Date.now();
    await this.#post(this.#root.dataset.activity);
  }

  async #post(address) {
    const body = new FormData();
    body.set("csrf_token", document.querySelector("[data-lock-now] [name=csrf_token]")?.value ?? "");
    const options = { method: "POST", body, headers: HEADERS, redirect: "manual", keepalive: true };
    const answer = await fetch(address, options).catch(() => null);
    this.#hear(answer);
    return answer;
  }

  #hear(answer) {
    const said = Date.parse(answer?.headers.get("Date"));
    if (said) localStorage.setItem(SKEW, said - Date.now());
    if (answer?.headers.has("X-Locked")) this.#shut();
  }

  #answered(event) {
    if (!event.detail.xhr.getResponseHeader("X-Locked")) return;
    event.preventDefault();
    this.#shut();
  }

  #byHand(event) {
    if (!event.target.matches("[data-lock-now]")) return;
    event.preventDefault();
    event.stopPropagation();
    this.#fall();
  }

  /* ---- down and up ---- */

  #fall() {
    this.#shut();
    this.#lock();
  }

  async #lock() {
    const form = document.querySelector("[data-lock-now]");
    if (!form) return;
    const answer = await this.#post(form.action);
    this.#unsent = !answer;
  }

  #shut() {
    localStorage.setItem(SHUT, "1");
    if (this.#isShut) return;
    this.#prepare();
    document.documentElement.dataset.locked = "soft" in this.#root.dataset ? "soft" : "";
    document.dispatchEvent(new Event("lock:down"));
    if ("soft" in this.#root.dataset) return;
    // at once, whatever sheets are there: also what stands above the page, as a dialog does
    document.body.style.visibility = "hidden";
    document.title = this.#root.dataset.title;
    this.#ask();
  }

  #ask() {
    this.#cover?.remove();
    const made = this.#root.querySelector("template").content.cloneNode(true);
    this.#cover = made.querySelector("dialog");
    this.#cover.style.visibility = "visible";
    this.#root.append(made);
    this.#cover.dispatchEvent(new CustomEvent("live:changed", { bubbles: true })); // wakes its keypad
    this.#cover.querySelector("form").addEventListener("submit", (event) => this.#unlock(event));
    this.#cover.addEventListener("close", () => this.#closed());
    this.#cover.querySelector("[data-close]")?.addEventListener("click", () => this.#cover.close());
    this.#cover.showModal();
    this.#cover.querySelector(".input").focus();
  }

  /* Escape closes every dialog sooner or later; this one comes back. */
  #closed() {
    if (this.#isShut && !("soft" in this.#root.dataset)) this.#cover.showModal();
  }

  async #unlock(event) {
    event.preventDefault();
    const form = event.target;
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    const options = { method: "POST", body: new FormData(form), headers: HEADERS, redirect: "manual" };
    const answer = await fetch(form.action, options).catch(() => null);
    form.removeAttribute("aria-busy");
    if (answer?.ok) return this.#opened();
    if (answer && ![422, 429, 503].includes(answer.status)) return this.#leave(form);
    this.#say(answer ? (await answer.json()).error.sentence : this.#root.dataset.unsent);
  }

  #say(sentence) {
    const line = this.#cover.querySelector("[role=alert]");
    line.textContent = sentence;
    line.hidden = false;
    for (const field of this.#cover.querySelectorAll(".input")) field.value = "";
    this.#cover.querySelector(".input").focus();
  }

  /* Signed out meanwhile: the whole way in, and back to this page. */
  #leave(form) {
    const here = form.elements.namedItem("next").value;
    location.assign(`${form.action}?next=${encodeURIComponent(here)}`);
  }

  #opened() {
    this.#touched = this.#told = Date.now();
    localStorage.setItem(TOUCHED, this.#touched);
    localStorage.removeItem(SHUT);
    this.#open();
  }

  #open() {
    if (!this.#isShut) return;
    delete document.documentElement.dataset.locked;
    document.body.style.visibility = "";
    delete this.#root.dataset.shut;
    document.title = this.#title;
    this.#unsent = false;
    this.#cover?.close();
    this.#cover?.remove();
    this.#cover = null;
    this.#touched = Date.now();
    document.dispatchEvent(new Event("lock:up"));
  }
}
