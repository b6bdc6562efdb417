/* Hides names and numbers at once, or shows them again, and lets the server remember it. */

export default class Names {
  #form;

  constructor(form) {
    this.#form = form;
    form.addEventListener("submit", (event) => this.#onSubmit(event));
  }

  #onSubmit(event) {
    const { submitter } = event;
    event.preventDefault();
    const body = new FormData(this.#form, submitter);
    const { dataset } = document.documentElement;
    const hides = submitter.value === "hidden";
    document.dispatchEvent(new Event("lock:prepare"));
    if (hides) dataset.names = "hidden";
    else delete dataset.names;
    submitter.value = hides ? "shown" : "hidden";
    for (const word of submitter.querySelectorAll("span")) word.hidden = !word.hidden;
    const headers = { Accept: "application/json" };
    const sent = { method: "POST", body, headers, redirect: "manual", keepalive: true };
    fetch(this.#form.action, sent).catch(() => {});
  }
}
