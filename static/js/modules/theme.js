/* Shows a chosen theme at once and lets the server remember it, without a new page. */

export default class Theme {
  #form;

  constructor(form) {
    this.#form = form;
    form.addEventListener("submit", (event) => this.#onSubmit(event));
  }

  #onSubmit(event) {
    const button = event.submitter;
    if (button?.name !== "theme") return;
    event.preventDefault();
    document.documentElement.dataset.theme = button.value;
    for (const other of this.#form.querySelectorAll("[name=theme]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    const body = new FormData(this.#form);
    body.set(button.name, button.value);
    fetch(this.#form.action, { method: "POST", body, redirect: "manual" });
  }
}
