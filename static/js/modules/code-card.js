/* The site's rotating code beside a list: counts its seconds, and asks for the next one in time. */

const TICK = 500;
const RETRY_AFTER = 5000;
const ENDING = 5;

export default class CodeCard {
  #root;
  #until;
  #asking = false;

  constructor(root) {
    this.#root = root;
    this.#take();
    this.#tick();
    setInterval(() => this.#tick(), TICK);
    document.addEventListener("visibilitychange", () => this.#tick());
  }

  #part(name) {
    return this.#root.querySelector(name);
  }

  /* Counted from its arrival, so that this device's own clock does not matter. */
  #take() {
    this.#until = performance.now() + Number(this.#part("[data-left]").dataset.left);
  }

  #tick() {
    if (document.hidden) return;
    const seconds = Math.ceil((this.#until - performance.now()) / 1000);
    if (seconds <= 0) return this.#renew();
    this.#root.dataset.state = seconds <= ENDING ? "ending" : "live";
    this.#part("progress").value = seconds;
    this.#part("[role=timer]").textContent = this.#root.dataset.renews.split("|")[Math.min(seconds, 30)];
  }

  async #renew() {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const answer = await fetch(this.#root.dataset.url, {
        headers: { "HX-Request": "true", "X-Poll": "1" },
        cache: "no-store",
      });
      if (answer.headers.has("X-Locked")) {
        document.dispatchEvent(new Event("lock:fallen"));
        throw new Error("locked");
      }
      // No display any more, or not for us: the page itself knows what to show instead.
      if (answer.redirected || (answer.status >= 400 && answer.status < 500)) return location.reload();
      if (!answer.ok) throw new Error(`answered ${answer.status}`);
      this.#part("[data-slot=code]").innerHTML = await answer.text();
      this.#take();
      this.#say("fresh");
    } catch {
      this.#say("stale");
      await new Promise((later) => setTimeout(later, RETRY_AFTER));
    } finally {
      this.#asking = false;
    }
  }

  /* An old code would only send people away: it is hidden while there is no new one. */
  #say(state) {
    this.#part("[data-slot=code]").hidden = state === "stale";
    this.#part("[data-sign=left]").hidden = state === "stale";
    this.#part("[data-sign=stale]").hidden = state !== "stale";
  }
}
