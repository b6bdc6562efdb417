/* Takes the reader to the summary, and from each line of it into the field it names. */

export default class ErrorSummary {
  constructor(root) {
    root.focus();
    root.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      const field = link && document.getElementById(link.hash.slice(1));
      if (!field) return;
      event.preventDefault();
      field.closest(".field")?.scrollIntoView({ block: "center" });
      field.focus({ preventScroll: true });
    });
  }
}
