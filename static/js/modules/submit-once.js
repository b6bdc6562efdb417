/* One press, one effect: names the scan before it is sent and holds back a second press. */

const BUSY_AFTER = 400;
const GIVE_UP_AFTER = 15000;

export default class SubmitOnce {
  #form;
  #button = null;
  #label = "";
  #timers = [];

  constructor(form) {
    this.#form = form;
    this.#nameTheScan();
    form.addEventListener("submit", (event) => this.#onSubmit(event));
    // Coming back with the browser's back button finds the page as it was left: busy.
    window.addEventListener("pageshow", (event) => event.persisted && this.#rest());
    if ("auto" in form.dataset) form.requestSubmit();
  }

  /* The id is made once and kept, so that a retry or a return is the same scan, not a new one. */
  #nameTheScan() {
    const field = this.#form.elements.namedItem("scan_uid");
    if (!field || field.value) return;
    const uid = history.state?.scanUid ?? newUid();
    history.replaceState({ ...history.state, scanUid: uid }, "");
    field.value = uid;
  }

  #onSubmit(event) {
    if (this.#form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    this.#form.setAttribute("aria-busy", "true");
    this.#button = event.submitter ?? this.#form.querySelector("button:not([type=button])");
    this.#timers = [
      setTimeout(() => this.#showBusy(), BUSY_AFTER),
      // An answer that never comes must not lock the page: the same id makes a retry harmless.
      setTimeout(() => this.#rest(), GIVE_UP_AFTER),
    ];
  }

  #showBusy() {
    const text = this.#button?.querySelector("span");
    if (!text) return;
    this.#button.setAttribute("aria-busy", "true");
    if (!this.#button.dataset.busy) return;
    this.#label = text.textContent;
    text.textContent = this.#button.dataset.busy;
  }

  #rest() {
    this.#timers.forEach(clearTimeout);
    this.#form.removeAttribute("aria-busy");
    if (!this.#button) return;
    this.#button.removeAttribute("aria-busy");
    if (this.#label) this.#button.querySelector("span").textContent = this.#label;
    this.#label = "";
  }
}

/* randomUUID exists only on HTTPS and localhost; a test on the local network needs the long way. */
function newUid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
