/* Sends the form by itself once the whole code is there: typed, pasted or filled in by the phone. */

export default class OneTimeCode {
  constructor(input) {
    const length = Number(input.dataset.length ?? 6);
    let sent = false;
    input.addEventListener("input", () => {
      const digits = input.value.replace(/[^\d\u0660-\u0669\u06F0-\u06F9]/g, "");
      if (digits.length !== length || sent) return;
      sent = true;
      input.form.requestSubmit();
    });
  }
}
