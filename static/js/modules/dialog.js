/* Opens the <dialog> a button names with data-dialog; its close button and the veil shut it. */

export default class Dialog {
  constructor(button) {
    const dialog = document.getElementById(button.dataset.dialog);
    button.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.showModal();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    });
  }
}
