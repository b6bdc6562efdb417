/* The scanner page: codes come from the camera, a cable, a photo or the keyboard; acts go out. */

import { Acts } from "./scanner/acts.js";
import { ByHand } from "./scanner/by-hand.js";
import { Camera, isApple } from "./scanner/camera.js";
import { readCode } from "./scanner/codes.js";
import { keepPage } from "./scanner/copies.js";
import { Decoder } from "./scanner/decoder.js";
import { send, watch } from "./scanner/delivery.js";
import { Frame } from "./scanner/frame.js";
import { KeyboardScanner } from "./scanner/keyboard.js";
import { Known } from "./scanner/known.js";
import { Recent } from "./scanner/recent.js";
import { Roster } from "./scanner/roster.js";
import { Signals } from "./scanner/signals.js";
import { Watcher } from "./scanner/watcher.js";
import { Wording } from "./scanner/wording.js";

const IGNORED_FOR = 3_000;
const KEPT_AFTER = 2_000; // no sooner than the worker that answers from what is kept

class Scanner {
  #root;
  #owner;
  #frame;
  #signals;
  #roster;
  #acts;
  #known;
  #watcher;
  #hands;
  #keep;
  #lastSeen = new Map();

  constructor(root) {
    const { site, person, today, ponyfill, reader } = root.dataset;
    const wording = new Wording(root);
    this.#root = root;
    this.#owner = Number(person);
    this.#frame = new Frame(root);
    this.#signals = new Signals(root.querySelector("[data-sound]"));
    this.#known = new Known(root, wording);
    const onChange = (told) => this.#refresh(told);
    this.#roster = new Roster({ address: today, owner: this.#owner, onChange });
    const recent = new Recent(root, wording, (entry) => this.#acts.undo(entry));
    const say = (name, said) => this.#say(name, said);
    this.#acts = new Acts({ site: Number(site), roster: this.#roster, recent, wording, say });
    this.#watcher = this.#watch(new Decoder({ ponyfill, reader }));
    new KeyboardScanner(root.querySelector("[data-paused]"), (text) => this.#seen(text));
    this.#hands = this.#byHand(wording);
    this.#listen();
    this.#keep = () => this.#roster.isFresh && keepPage(ponyfill, reader);
    this.#roster.open().then(() => setTimeout(this.#keep, KEPT_AFTER));
    watch(async () => this.#known.show(await this.#acts.settle()));
  }

  #watch(decoder) {
    const camera = new Camera(this.#root.querySelector("[data-video]"), () => this.#watcher.lost());
    return new Watcher(this.#root, {
      ...{ camera, decoder, frame: this.#frame },
      onText: (text) => this.#seen(text),
      onOpen: () => this.#keep(),
      onWake: () => this.#roster.refresh(), // the server says whether this is still ours to see
    });
  }

  #byHand(wording) {
    const part = this.#root.querySelector("[data-by-hand]");
    const enter = (name, person, reason) => this.#acts.byHand(name, person, reason);
    return part && new ByHand(part, this.#roster, wording, enter);
  }

  #listen() {
    const typed = this.#root.querySelector("[data-typed]");
    typed.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#read(typed.elements.code.value);
      typed.reset();
    });
    const photo = this.#root.querySelector("[data-photo]");
    photo.addEventListener("change", () => this.#photo(photo));
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
    if (!window.isSecureContext) return this.#sendPlainly(code);
    const person = await this.#roster.byBadge(code);
    if (person?.id === this.#owner) return this.#say("own");
    return this.#acts.badge(code, person).catch(() => this.#sendPlainly(code));
  }

  /* Browsers that keep nothing, as on pages without https, send the form and load the page again. */
  #sendPlainly(code) {
    const typed = this.#root.querySelector("[data-typed]");
    typed.elements.code.value = code;
    typed.submit();
  }

  #say(name, said) {
    this.#frame.answer(name, said);
    this.#signals.give(name);
  }

  /* `told` is whether the server answered; nothing when only this device knows something new. */
  #refresh(told) {
    if (told) send(); // a server that is back is told at once what waits
    if (told !== undefined) this.#known.network(told);
    this.#known.age(this.#roster);
    this.#hands?.show();
  }
}

new Scanner(document.querySelector("[data-scanner]"));
