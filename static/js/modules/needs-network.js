/* Round forms that only the server can take: without a connection nothing is sent, so that nothing
   typed is lost, and the page says so. */

const PATIENCE = 4_000;

export default class NeedsNetwork {
  #root;
  #reached = new WeakSet();

  constructor(root) {
    this.#root = root;
    root.addEventListener("submit", (event) => this.#onSubmit(event), { capture: true });
  }

  #onSubmit(event) {
    const { target: form, submitter } = event;
    if (this.#reached.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#send(form, submitter);
  }

  async #send(form, submitter) {
    const reached = navigator.onLine && (await this.#reach());
    this.#say(!reached);
    if (!reached) return;
    this.#reached.add(form);
    form.requestSubmit(submitter);
  }

  async #reach() {
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const { address } = this.#root.dataset;
      return (await fetch(address, { signal, cache: "no-store", headers: { "X-Poll": "1" } })).ok;
    } catch {
      return false;
    }
  }

  #say(unsent) {
    const note = this.#root.querySelector('[data-part="unsent"]');
    note.hidden = !unsent;
    if (unsent) note.scrollIntoView({ block: "center" });
  }
}
