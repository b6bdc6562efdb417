/* Asks for the unlock on a page that goes on while it is locked. */

export default class Unlock {
  constructor(button) {
    button.addEventListener("click", () => document.dispatchEvent(new Event("lock:ask")));
  }
}
