/* Says in the bar how many records are ticked and how long they are together. */

const FORMS = ["zero", "one", "two", "few", "many", "other"];

export default class Ticks {
  #form;
  #words = document.querySelector('template[data-words="bar"]')?.content;
  #lang;
  #plural;
  #number;

  constructor(form) {
    this.#form = form;
    if (!this.#words) return;
    const { digits } = document.querySelector('template[data-words="bar"]').dataset;
    this.#lang = `${document.documentElement.lang}-u-nu-${digits}`;
    this.#plural = new Intl.PluralRules(this.#lang);
    this.#number = new Intl.NumberFormat(this.#lang);
    form.addEventListener("change", () => this.#say());
  }

  #say() {
    const ticked = [...this.#form.querySelectorAll("input[name=records]:checked")];
    const minutes = ticked.reduce((sum, tick) => sum + Number(tick.dataset.minutes), 0);
    const facts = {
      records: this.#counted("records", ticked.length),
      duration: this.#duration(minutes),
    };
    document.getElementById("total").textContent = this.#filled("total", facts);
    const button = document.getElementById("approve-all");
    const after = { records: this.#counted("records-after", ticked.length) };
    button.querySelector("span").textContent = this.#filled("approve", after);
    button.hidden = ticked.length === 0;
  }

  #duration(all) {
    const [hours, minutes] = [Math.floor(all / 60), all % 60];
    if (!minutes) return this.#counted("hours", hours);
    if (!hours) return this.#counted("minutes", minutes);
    const facts = { hours: this.#counted("hours", hours), minutes: this.#counted("minutes", minutes) };
    return this.#filled("both", facts);
  }

  /* «4 سجلات»: the form for such a number, as the server wrote it for a sample of its kind. */
  #counted(noun, number) {
    const form = this.#plural.select(number);
    const arabic = document.documentElement.lang === "ar";
    const place = arabic ? FORMS.indexOf(form) : form === "one" ? 1 : 5;
    const sample = this.#words.querySelector(`[data-noun="${noun}"]`).children[place].textContent;
    const shown = this.#number.format(number);
    return sample.replace(/[\d\u0660-\u0669]+/, shown);
  }

  #filled(word, facts) {
    const pattern = this.#words.querySelector(`[data-word="${word}"]`).textContent;
    return pattern.replace(/\{(\w+)\}/g, (_all, name) => facts[name]);
  }
}
