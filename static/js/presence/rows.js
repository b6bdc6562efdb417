/* Draws the people: what changed at once, but nothing moves under a finger. */

import { fill } from "../scanner/frame.js";

const REST = 4_000;

export class Rows {
  #root;
  #wording;
  #list;
  #groups;
  #shape = null;
  #touched = -Infinity;
  #later = null;

  constructor(root, wording) {
    this.#root = root;
    this.#wording = wording;
    this.#list = root.querySelector("[data-list]");
    this.#groups = root.querySelector("[data-groups]");
    root.addEventListener("pointerdown", () => { this.#touched = performance.now(); });
  }

  /* `people` in the order of their names; `shifts` in that of their beginnings. */
  show(people, shifts, numbers) {
    const groups = this.#groups ? byShift(people, shifts) : [{ shift: null, people: byLook(people) }];
    const shape = JSON.stringify(groups.map(({ shift, people }) => [shift?.id, people.map(({ id }) => id)]));
    clearTimeout(this.#later);
    if (shape !== this.#shape && this.#isAtRest()) {
      this.#build(groups, shifts);
      this.#shape = shape;
    } else if (shape !== this.#shape) {
      this.#later = setTimeout(() => this.show(people, shifts, numbers), REST / 2);
    }
    for (const person of people) this.#mark(person, numbers);
  }

  /* The same people in another order may wait; an empty page may not. */
  #isAtRest() {
    const isEmpty = !this.#root.querySelector(".person");
    return isEmpty || performance.now() - this.#touched > REST;
  }

  #build(groups, shifts) {
    const focused = document.activeElement?.closest("[data-person]")?.dataset.person;
    const names = new Map(shifts.map((shift) => [shift.id, shift.name]));
    const rows = (people) => people.map((person) => this.#row(person, names));
    if (this.#groups) this.#groups.replaceChildren(...groups.map((one) => this.#group(one, rows)));
    else this.#list.replaceChildren(...rows(groups[0].people));
    if (focused) this.#of(focused)?.querySelector("button.person-tick")?.focus({ preventScroll: true });
  }

  #group({ shift, people }, rows) {
    const group = this.#copy("template[data-group]");
    const times = group.querySelector("[data-times]");
    times.hidden = !shift;
    fill(group, {
      lane: shift?.name ?? this.#wording.word("people", "unsent"),
      start: shift ? this.#wording.time(shift.starts_at) : "",
      end: shift ? this.#wording.time(shift.ends_at) : "",
    });
    group.querySelector("ul").replaceChildren(...rows(people));
    return group;
  }

  #row(person, names) {
    const row = this.#copy("template[data-row]");
    row.dataset.person = person.id;
    row.querySelector(person.isSelf ? "button.person-tick" : "[data-self]").remove();
    const digits = (person.last_digits ?? "").replace(/\d/g, (one) => this.#wording.number(Number(one)));
    const name = person.name || this.#wording.word("people", "unnamed");
    const where = names.get(person.shift_id) ?? this.#wording.word("people", "unsent");
    fill(row, { name, digits, where, since: this.#wording.time(person.in_at) });
    row.querySelector("[data-digits-of]").hidden = !digits;
    return row;
  }

  #mark({ id, name, isSeen, isUnsent }, numbers) {
    const row = this.#of(id);
    if (!row) return;
    row.toggleAttribute("data-seen", isSeen);
    row.querySelector("button.person-tick")?.setAttribute("aria-pressed", String(isSeen));
    row.querySelector(".person-unsent").hidden = !isUnsent;
    const call = row.querySelector("[data-call]");
    const number = numbers?.get(id);
    if (!call || !number) return;
    call.href = `tel:${number}`;
    call.setAttribute("aria-label", `${call.textContent.trim()}: ${name}`);
  }

  #of(id) {
    return this.#root.querySelector(`[data-person="${id}"]`);
  }

  #copy(selector) {
    return this.#root.querySelector(selector).content.firstElementChild.cloneNode(true);
  }
}

function byShift(people, shifts) {
  const known = shifts.map((shift) => ({ shift, people: people.filter((one) => one.shift_id === shift.id) }));
  const ids = new Set(shifts.map(({ id }) => id));
  const rest = people.filter((one) => !ids.has(one.shift_id));
  const all = rest.length ? [...known, { shift: null, people: rest }] : known;
  return all.filter((one) => one.people.length);
}

/* Those not seen yet first; each half in the order of the names. */
function byLook(people) {
  return [...people.filter(({ isSeen }) => !isSeen), ...people.filter(({ isSeen }) => isSeen)];
}
