/* Scanners with a cable or Bluetooth: they type very fast and end with Enter, on any layout. */

import { readCode } from "./codes.js";

const KNOWN = "scanner.cable";
const SHORTEST = 8;
const SLOWEST_MEAN = 50;
const GAP_THAT_ENDS = 150;

const SIGNS = { Slash: "/", NumpadDivide: "/", Period: ".", Minus: "-", Semicolon: ":" };

/* What an Arabic layout types where a Latin one has a letter; لا is one key. */
const PLAIN = pairs("ض ص ث ق ف غ ع ه خ ح ش س ي ب ل ا ت ن م ئ ء ؤ ر لا ى ة ك ظ ز");
const SHIFTED = pairs("َ ً ُ ٌ لإ إ ‘ ÷ × ؛ ِ ٍ ] [ لأ أ ـ ، / ~ ْ } { لآ آ ’ : ؟ .");
const ARABIC = new Map([...PLAIN, ...SHIFTED]);

function pairs(typed) {
  const meant = [..."QWERTYUIOPASDFGHJKLZXCVBNM:/."];
  return typed.split(" ").map((key, place) => [key, meant[place]]);
}

export class KeyboardScanner {
  #onCode;
  #keys = [];
  #field = null;

  /* `bar` says that the codes go astray while something else has the focus. */
  constructor(bar, onCode) {
    this.#onCode = onCode;
    document.addEventListener("keydown", (event) => this.#onKey(event), true);
    // not where nobody ever used a cable: there the camera goes on without the focus
    window.addEventListener("blur", () => { bar.hidden = localStorage.getItem(KNOWN) === null; });
    window.addEventListener("focus", () => { bar.hidden = true; });
    bar.addEventListener("click", () => {
      window.focus();
      bar.hidden = true;
    });
  }

  #onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const last = this.#keys.at(-1);
    if (last && event.timeStamp - last.at > GAP_THAT_ENDS) this.#keys = [];
    if (event.key === "Enter" || event.key === "Tab") return this.#end(event);
    if (event.key.length > 2 && !byPlace(event.code)) return; // Shift, arrows and the like
    if (!this.#keys.length) this.#field = rememberField(event.target);
    this.#keys.push({ key: event.key, code: event.code, at: event.timeStamp });
  }

  #end(event) {
    const keys = this.#keys;
    this.#keys = [];
    if (keys.length < SHORTEST) return;
    if ((event.timeStamp - keys[0].at) / keys.length > SLOWEST_MEAN) return;
    event.preventDefault();
    event.stopPropagation();
    this.#field?.restore();
    localStorage.setItem(KNOWN, "yes");
    this.#onCode(textOf(keys));
  }
}

/* What the scanner meant: as typed, else by the place of the keys, else by the Arabic letters. */
export function textOf(keys) {
  const typed = keys.map(({ key }) => key).join("");
  const placed = keys.map(({ code, key }) => byPlace(code) ?? key).join("");
  const lettered = keys.map(({ key }) => ARABIC.get(key) ?? key).join("");
  return [typed, placed, lettered].find((text) => readCode(text).kind !== "other") ?? typed;
}

function byPlace(code) {
  const letter = /^Key([A-Z])$/.exec(code) ?? /^(?:Digit|Numpad)(\d)$/.exec(code);
  return letter ? letter[1] : SIGNS[code];
}

/* A field that had the focus keeps what it held: a scanner's letters are not for it. */
function rememberField(target) {
  if (!target?.matches?.("input:not([type=radio], [type=checkbox], [type=file]), textarea")) return null;
  const { value } = target;
  return {
    restore() {
      target.value = value;
      target.dispatchEvent(new Event("input", { bubbles: true }));
    },
  };
}
