/* The scanner page: codes come from the camera, a cable, a photo or the keyboard; acts go out. */

import { ByHand } from "./scanner/by-hand.js";
import { Camera, isApple } from "./scanner/camera.js";
import { readCode } from "./scanner/codes.js";
import { keepPage } from "./scanner/copies.js";
import { Decoder } from "./scanner/decoder.js";
import { deliver, unsettled, watch } from "./scanner/delivery.js";
import { Frame } from "./scanner/frame.js";
import { KeyboardScanner } from "./scanner/keyboard.js";
import { Known } from "./scanner/known.js";
import { Recent } from "./scanner/recent.js";
import { Roster } from "./scanner/roster.js";
import { Signals } from "./scanner/signals.js";
import { Watcher } from "./scanner/watcher.js";
import { Wording } from "./scanner/wording.js";

const IGNORED_FOR = 3_000;
const BUSY_AFTER = 400;
const AGAIN_WITHIN = 10 * 60_000;
const HELD_UP = 60_000;
const SIGNAL = { in: "done", out: "out", again: "look", again_out: "look", refused: "stop" };

class Scanner {
  #root;
  #owner;
  #site;
  #frame;
  #wording;
  #signals;
  #roster;
  #recent;
  #known;
  #watcher;
  #hands;
  #keep;
  #lastSeen = new Map();

  constructor(root) {
    const { site, person, today, ponyfill, reader } = root.dataset;
    this.#root = root;
    this.#owner = Number(person);
    this.#site = Number(site);
    this.#wording = new Wording(root);
    this.#frame = new Frame(root);
    this.#signals = new Signals(root.querySelector("[data-sound]"));
    this.#known = new Known(root, this.#wording);
    this.#roster = new Roster({ address: today, owner: this.#owner, onChange: (told) => this.#refresh(told) });
    this.#recent = new Recent(root, this.#wording, (entry) => this.#undo(entry));
    const decoder = new Decoder({ ponyfill, reader });
    const camera = new Camera(root.querySelector("[data-video]"), () => this.#watcher.lost());
    this.#watcher = new Watcher(root, {
      ...{ camera, decoder, frame: this.#frame },
      onText: (text) => this.#seen(text),
      onOpen: () => this.#keep(),
      onWake: () => this.#roster.refresh(), // the server says whether this is still ours to see
    });
    new KeyboardScanner((text) => this.#seen(text));
    this.#listen();
    this.#hands = this.#byHand();
    this.#keep = () => this.#roster.isFresh && keepPage(ponyfill, reader);
    this.#roster.open().then(this.#keep);
    watch(() => this.#settle());
  }

  #byHand() {
    const part = this.#root.querySelector("[data-by-hand]");
    return part && new ByHand(part, this.#roster, this.#wording, (name, person, reason) => {
      const shift_id = this.#roster.shiftFor(person, name);
      return this.#act({ act: name, person_id: person.id, shift_id, reason }, person);
    });
  }

  #listen() {
    const typed = this.#root.querySelector("[data-typed]");
    typed.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#read(typed.elements.code.value);
      typed.reset();
    });
    this.#root.querySelector("[data-photo]").addEventListener("change", ({ target }) => this.#photo(target));
    this.#root.addEventListener("pointerdown", () => this.#signals.unlock());
    for (const part of this.#root.querySelectorAll("[data-for]")) {
      part.hidden = (part.dataset.for === "ios") !== isApple();
    }
  }

  async #photo(input) {
    const [file] = input.files;
    if (!file) return;
    const texts = await this.#watcher.readPhoto(file);
    input.value = "";
    if (texts.length) this.#read(texts[0]);
    else this.#say("no_code");
  }

  /* A camera sees one code many times: it counts again when it was out of sight for a while. */
  #seen(text) {
    const now = performance.now();
    const last = this.#lastSeen.get(text) ?? -Infinity;
    this.#lastSeen.set(text, now);
    if (now - last > IGNORED_FOR) this.#read(text);
  }

  async #read(text) {
    const { kind, code } = readCode(text);
    if (kind !== "badge") return this.#say(kind === "other" ? "unknown" : kind);
    const person = await this.#roster.byBadge(code);
    if (person?.id === this.#owner) return this.#say("own");
    return this.#act({ act: "badge", code: `B/${code}` }, person);
  }

  async #act(act, person) {
    const before = person && this.#roster.whereabouts(person);
    const expected = person && this.#expected(act, before);
    if (!this.#roster.isFresh && expected?.startsWith("again")) return this.#again(expected, person, before);
    const busy = setTimeout(() => this.#frame.answer("busy"), BUSY_AFTER);
    const kept = await deliver({ ...act, site_id: this.#site, ...this.#marks(person), expected });
    clearTimeout(busy);
    if (kept.state === "waiting") return this.#waits(kept, person, expected);
    return kept.state === "done" ? this.#done(kept, person) : this.#refused(kept);
  }

  /* For this page alone: the server is not told. */
  #marks(person) {
    return { scanner: this.#site, whom: person?.id ?? null, name: person?.name ?? null };
  }

  /* What the server will make of it, for a tablet that cannot ask. */
  #expected({ act }, { isIn, since }) {
    const ago = since ? this.#roster.now - Date.parse(since) : Infinity;
    if (act === "manual_out") return "out";
    if (isIn) return act === "manual_in" || ago < AGAIN_WITHIN ? "again" : "out";
    return act === "badge" && ago < HELD_UP ? "again_out" : "in";
  }

  #again(name, person, { since }) {
    this.#say(name, { name: person.name, since: this.#wording.time(since) });
  }

  #waits(kept, person, expected) {
    const at = this.#at(kept);
    const word = expected === "in" || expected === "out" ? expected : "badge";
    this.#say(word === "badge" ? "queued" : `queued_${word}`, { name: person?.name, time: this.#wording.time(at) });
    this.#recent.put({ ...this.#entry(kept, person?.name), word, at, state: "waiting" });
  }

  #done(kept, person) {
    const { outcome, effective_at: at, sentence } = kept.answer;
    const name = kept.answer.name ?? person?.name;
    const word = wordOf(outcome);
    if (word === "again") {
      this.#say("again", { name, since: this.#wording.time(kept.answer.in_at ?? at) });
    } else {
      this.#say(word, { name, sentence, time: this.#wording.time(at) });
    }
    this.#settled(kept);
  }

  #refused(kept) {
    const { outcome, sentence } = kept.answer;
    const unknown = outcome === "badge_unknown" || !sentence;
    const name = kept.answer.name ?? kept.name;
    this.#say(unknown ? "unknown" : "refused", { name, sentence });
    this.#settled(kept);
  }

  /* The list of the last five and the people's whereabouts, once the server has said what it made of it. */
  #settled(kept) {
    const { outcome, effective_at: at, name } = kept.answer;
    const word = kept.state === "done" ? wordOf(outcome) : kept.expected ?? "badge";
    const entry = { ...this.#entry(kept, name ?? kept.name), at: at ? Date.parse(at) : this.#at(kept) };
    this.#recent.put({ ...entry, word, state: kept.state === "done" ? "done" : "refused" });
    if (word !== "in" && word !== "out") return;
    if (kept.whom) this.#roster.sent(kept.whom, { isIn: word === "in", since: at, shift_id: kept.shift_id });
    else this.#roster.refresh(); // somebody who was not expected: now on the list
  }

  #entry({ uid, code, person_id: personId, device_at }, name) {
    return { uid, name: name ?? null, code, personId, done: Date.parse(device_at) };
  }

  /* When something was done here, by the server's clock. */
  #at(kept) {
    return this.#roster.instant(Date.parse(kept.device_at));
  }

  async #undo(entry) {
    const whom = entry.code ? { code: entry.code } : { person_id: entry.personId };
    const marks = { scanner: this.#site, name: entry.name };
    const kept = await deliver({ act: "undo", undoes: entry.uid, site_id: this.#site, ...whom, ...marks });
    if (kept.state === "attention") return this.#say("refused", { name: entry.name, sentence: kept.answer.sentence });
    if (kept.state === "done" && kept.answer.outcome !== "undone") {
      return this.#say("noted", { name: entry.name, sentence: kept.answer.sentence });
    }
    this.#recent.put({ uid: entry.uid, state: "undone" });
    this.#say("undone", { name: entry.name });
    return this.#roster.refresh();
  }

  #say(name, said) {
    this.#frame.answer(name, said);
    this.#signals.give(SIGNAL[name] ?? (name.startsWith("queued") ? "queued" : "look"));
  }

  /* Acts that were sent meanwhile: what the server made of them goes into the list. */
  async #settle() {
    const acts = await unsettled(this.#site);
    this.#known.show(acts);
    const undone = new Set(acts.waiting.map(({ undoes }) => undoes));
    const moves = acts.waiting.filter(({ uid, whom, expected }) =>
      whom && !undone.has(uid) && (expected === "in" || expected === "out"));
    this.#roster.waits(new Map(moves.map((act) => [act.whom, this.#whereabouts(act)])));
    for (const kept of [...acts.done, ...acts.refused]) {
      if (this.#recent.isWaiting(kept.uid)) this.#settled(kept);
    }
  }

  #whereabouts(act) {
    return { isIn: act.expected === "in", since: new Date(this.#at(act)).toISOString(), shift_id: act.shift_id };
  }

  #refresh(told) {
    if (told !== undefined) this.#known.network(told);
    this.#known.age(this.#roster);
    this.#hands?.show();
  }
}

function wordOf(outcome) {
  const words = { checked_in: "in", checked_out: "out", already_in: "again", undone: "undone" };
  return words[outcome] ?? "noted";
}

new Scanner(document.querySelector("[data-scanner]"));
