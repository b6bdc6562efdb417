/* What the supervisor does here: sent, or kept while it cannot be, and what became of it shown. */

import { deliver, unsettled } from "./delivery.js";
import { derivedId } from "./derived-id.js";
import { movesOf } from "./moves.js";

const BUSY_AFTER = 400;
const AGAIN_WITHIN = 10 * 60_000;
const HELD_UP = 60_000;
const WORDS = { checked_in: "in", checked_out: "out", already_in: "again", undone: "undone" };
const MOVES = ["in", "out"];

export class Acts {
  #site;
  #roster;
  #recent;
  #wording;
  #say;

  /* `say` shows an answer of the frame by its name, with what fills its gaps. */
  constructor({ site, roster, recent, wording, say }) {
    this.#site = site;
    this.#roster = roster;
    this.#recent = recent;
    this.#wording = wording;
    this.#say = say;
  }

  badge(code, person) {
    return this.#act({ act: "badge", code: `B/${code}` }, person);
  }

  /* `act` is "manual_in" or "manual_out". */
  byHand(act, person, reason) {
    const shift_id = this.#roster.shiftFor(person, act);
    return this.#act({ act, person_id: person.id, shift_id, reason }, person);
  }

  async undo(entry) {
    const whom = entry.code ? { code: entry.code } : { person_id: entry.personId };
    const uid = await derivedId(entry.uid, "undo"); // asked for twice it is one act
    const act = { uid, act: "undo", undoes: entry.uid, ...whom };
    const kept = await deliver({ ...act, ...this.#marks(entry) });
    const { name } = entry;
    if (kept.state === "attention" || (kept.state === "done" && wordOf(kept) !== "undone")) {
      const { sentence } = kept.answer;
      return this.#say(kept.state === "done" ? "noted" : "refused", { name, sentence });
    }
    this.#recent.put({ uid: entry.uid, state: "undone" });
    this.#say("undone", { name });
    return this.#roster.refresh();
  }

  /* How the acts of this scanner stand; those answered meanwhile are settled in the list. */
  async settle() {
    const acts = await unsettled(this.#site);
    this.#roster.waits(movesOf(acts.waiting, (here) => this.#roster.instant(here)));
    for (const kept of [...acts.done, ...acts.refused]) {
      if (this.#recent.isWaiting(kept.uid)) this.#settled(kept);
    }
    return acts;
  }

  async #act(act, person) {
    const before = person && this.#roster.whereabouts(person);
    const expected = person && this.#expected(act, before);
    if (!this.#roster.isFresh && expected?.startsWith("again")) {
      const since = this.#wording.time(before.since);
      return this.#say(expected, { name: person.name, since });
    }
    const busy = setTimeout(() => this.#say("busy"), BUSY_AFTER);
    try {
      const whom = { whom: person?.id ?? null, expected };
      return this.#answered(await deliver({ ...act, ...whom, ...this.#marks(person) }), person);
    } finally {
      clearTimeout(busy);
    }
  }

  #answered(kept, person) {
    if (kept.state === "waiting") return this.#waits(kept, person);
    return kept.state === "done" ? this.#done(kept) : this.#refused(kept);
  }

  /* Of this page alone; the server is only told the site. */
  #marks(person) {
    return { site_id: this.#site, scanner: this.#site, name: person?.name ?? null };
  }

  /* What the server will make of it, for a tablet that cannot ask. */
  #expected({ act }, { isIn, since }) {
    const ago = since ? this.#roster.now - Date.parse(since) : Infinity;
    if (act === "manual_out") return "out";
    if (isIn) return act === "manual_in" || ago < AGAIN_WITHIN ? "again" : "out";
    return act === "badge" && ago < HELD_UP ? "again_out" : "in";
  }

  #waits(kept, person) {
    const at = this.#at(kept);
    const word = MOVES.includes(kept.expected) ? kept.expected : "badge";
    const said = { name: person?.name, time: this.#wording.time(at) };
    this.#say(word === "badge" ? "queued" : `queued_${word}`, said);
    this.#recent.put({ ...entryOf(kept, person?.name), word, at, state: "waiting" });
  }

  #done(kept) {
    const { effective_at: at, in_at: since, sentence } = kept.answer;
    const name = kept.answer.name ?? kept.name;
    if (wordOf(kept) === "again") {
      this.#say("again", { name, since: this.#wording.time(since ?? at) });
    } else if (MOVES.includes(wordOf(kept))) {
      this.#moved(kept, { name, time: this.#wording.time(at) });
    } else {
      const isAway = kept.answer.outcome === "open_elsewhere"; // a scan's time is no check-in's time
      this.#say(isAway ? "elsewhere" : wordOf(kept), { name, sentence });
    }
    this.#settled(kept);
  }

  /* What speaks for a rest or a course first stays until it was seen. */
  #moved(kept, said) {
    const { concerns = [], attendance_id: record } = kept.answer;
    if (!concerns.length) return this.#say(wordOf(kept), said);
    return this.#say("in_care", { ...said, sentence: concerns.join(" · "), record });
  }

  #refused(kept) {
    const { outcome, sentence } = kept.answer;
    const name = kept.answer.name ?? kept.name;
    this.#say(outcome === "badge_unknown" || !sentence ? "unknown" : "refused", { name, sentence });
    this.#settled(kept);
  }

  #settled(kept) {
    const { effective_at: at, name } = kept.answer;
    const isDone = kept.state === "done";
    this.#recent.put({
      ...entryOf(kept, name ?? kept.name),
      word: isDone ? wordOf(kept) : (kept.expected ?? "badge"),
      at: at ? Date.parse(at) : this.#at(kept),
      state: isDone ? "done" : "refused",
    });
    if (!isDone || !MOVES.includes(wordOf(kept))) return;
    const { whom, shift_id } = kept;
    if (whom) this.#roster.sent(whom, { isIn: wordOf(kept) === "in", since: at, shift_id });
    else this.#roster.refresh(); // somebody who was not expected: now on the list
  }

  /* When something was done here, by the server's clock. */
  #at(kept) {
    return this.#roster.instant(Date.parse(kept.device_at));
  }
}

function wordOf({ answer }) {
  return WORDS[answer.outcome] ?? "noted";
}

function entryOf({ uid, code, person_id: personId, device_at }, name) {
  return { uid, name: name ?? null, code, personId, done: Date.parse(device_at) };
}
