/* Copies the text in data-copy and says so on the button for a moment. */

const SAID_FOR = 3000;

export default class CopyLink {
  constructor(button) {
    const text = button.querySelector("span");
    const before = text.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      text.textContent = button.dataset.copied;
      setTimeout(() => {
        text.textContent = before;
      }, SAID_FOR);
    });
  }
}
