/* Times, ages and numbers in the reader's language and digits. */

export class Wording {
  #lang;
  #zone;
  #words;

  constructor(scanner) {
    const { digits, zone } = scanner.dataset;
    this.#lang = `${document.documentElement.lang}-u-nu-${digits}-ca-gregory`;
    this.#zone = zone;
    this.#words = scanner;
  }

  /* 1:05 م or 1:05 PM on the site's clock. */
  time(instant) {
    const clock = { hour: "numeric", minute: "2-digit", hour12: true, timeZone: this.#zone };
    return new Intl.DateTimeFormat(this.#lang, clock).format(new Date(instant));
  }

  /* قبل 3 دقائق or 3 minutes ago. */
  ago(milliseconds) {
    const minutes = Math.floor(milliseconds / 60000);
    const said = new Intl.RelativeTimeFormat(this.#lang, { numeric: "auto" });
    if (minutes < 1) return said.format(0, "second");
    if (minutes < 120) return said.format(-minutes, "minute");
    return said.format(-Math.floor(minutes / 60), "hour");
  }

  number(value) {
    return new Intl.NumberFormat(this.#lang).format(value);
  }

  /* «4 سجلات»: the form for such a number, as the server wrote it for a sample of its kind. */
  records(count) {
    const forms = ["zero", "one", "two", "few", "many", "other"];
    const form = new Intl.PluralRules(this.#lang).select(count);
    const samples = this.#words.querySelector("template[data-records]").content.children;
    const place = document.documentElement.lang === "ar" ? forms.indexOf(form) : form === "one" ? 1 : 5;
    return samples[place].textContent.replace(/[\d\u0660-\u0669]+/, this.number(count));
  }

  word(group, name) {
    const words = this.#words.querySelector(`template[data-words="${group}"]`).content;
    return words.querySelector(`[data-word="${name}"]`).textContent;
  }
}
