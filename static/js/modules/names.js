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
    if (submitter.value === "hidden") dataset.names = "hidden";
    else delete dataset.names;
    submitter.value = submitter.value === "hidden" ? "shown" : "hidden";
    const headers = { Accept: "application/json" };
    fetch(this.#form.action, { method: "POST", body, headers, redirect: "manual" }).catch(() => {});
  }
}
