/* Prints the page it stands on. */

export default class PrintButton {
  constructor(button) {
    button.addEventListener("click", () => window.print());
  }
}
