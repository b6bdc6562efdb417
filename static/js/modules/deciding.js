/* Decides without leaving the page: sends a press, puts the fresh parts where the old ones stood,
   and opens a record beside its list. Without it the same forms load pages. */

const ASKING = { "HX-Request": "true" };

export default class Deciding {
  #records;
  #beside = document.getElementById("beside");
  #waiting = new Set();

  constructor(records) {
    this.#records = records;
    document.addEventListener("click", (event) => this.#onClick(event));
    document.addEventListener("submit", (event) => this.#onSubmit(event));
    window.addEventListener("online", () => document.getElementById("told").replaceChildren());
  }

  #onClick(event) {
    const link = event.target.closest("a[data-beside]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      this.#open(link.href);
    }
    if (event.target === this.#beside || event.target.closest("[data-close]")) this.#beside.close();
    const filling = event.target.closest("[data-fills]");
    if (filling) document.getElementById(filling.dataset.fills).value = filling.value;
  }

  async #open(address) {
    const answer = await this.#ask(address, { headers: ASKING });
    if (!answer?.ok) return;
    this.#show(await answer.text());
    if (!this.#beside.open) this.#beside.showModal();
    this.#beside.scrollTop = 0;
  }

  #show(html) {
    this.#beside.innerHTML = html;
    this.#beside.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
  }

  /* Only what is about one record; approving many at once loads the sheet anew. */
  #onSubmit(event) {
    const { target: form, submitter } = event;
    const address = submitter?.getAttribute("formaction") ?? form.getAttribute("action");
    if (event.defaultPrevented || !/^\/attendances\/\d+\/\w+$/.test(address)) return;
    event.preventDefault();
    if (this.#waiting.has(address)) return;
    this.#send(address, form, submitter);
  }

  async #send(address, form, button) {
    this.#waiting.add(address);
    const busy = setTimeout(() => button?.setAttribute("aria-busy", "true"), 400);
    const body = form === this.#records ? this.#pressed(button) : new FormData(form, button);
    const answer = await this.#ask(address, { method: "POST", headers: ASKING, body });
    clearTimeout(busy);
    button?.removeAttribute("aria-busy");
    form.removeAttribute("aria-busy");
    this.#waiting.delete(address);
    if (answer?.status === 422) this.#show(await answer.text());
    else if (answer) this.#put(await answer.text());
  }

  /* The one record that was pressed: the ticks of the others are no part of it. */
  #pressed(button) {
    const body = new FormData();
    body.set("csrf_token", this.#records.elements.namedItem("csrf_token").value);
    body.set(button.name, button.value);
    return body;
  }

  /* The answer; nothing when there was none, or when it leads elsewhere. */
  async #ask(address, asking) {
    let answer;
    try {
      answer = await fetch(address, { cache: "no-store", ...asking });
    } catch {
      this.#tell("unsent");
      return null;
    }
    const away = answer.headers.get("HX-Redirect");
    if (answer.headers.has("X-Locked")) document.dispatchEvent(new Event("lock:fallen"));
    else if (away) location.assign(away);
    else if (answer.redirected || [400, 401, 403, 404].includes(answer.status)) location.reload();
    else if (answer.status >= 500) this.#tell("unsent");
    else return answer;
    return null;
  }

  #tell(word) {
    const words = document.querySelector(`template[data-words="${word}"]`).content.cloneNode(true);
    document.getElementById("told").replaceChildren(words);
    if (this.#beside.open) this.#beside.close();
  }

  #put(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    if (this.#beside.open) this.#beside.close();
    for (const part of fresh.content.querySelectorAll("tr[id], #to-review, #told")) {
      const old = document.getElementById(part.id);
      if (!old) continue;
      const held = old.contains(document.activeElement);
      // What stands below must not move under a thumb that is on its way.
      if (part.matches("tr")) part.style.blockSize = `${old.offsetHeight}px`;
      old.replaceWith(part);
      if (held) part.querySelector("button, a")?.focus({ preventScroll: true });
      part.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
    }
    this.#records.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
