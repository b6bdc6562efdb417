/* What can be felt and heard: a touch of vibration, and tones for those who switch them on. */

const KEPT = "scanner.sound";
const TOUCH = { in: [60], out: [60, 60, 60], look: [40, 80, 40], stop: [200], queued: [30] };
const TONES = { in: [660, 880], out: [880, 660], look: [660, 660], stop: [220] };
const KINDS = {
  ...{ in: "in", out: "out", busy: "", undone: "", refused: "stop", own: "stop", unknown: "stop" },
  ...{ queued: "queued", queued_in: "queued", queued_out: "queued" },
};
const TONE_SECONDS = 0.12;

export class Signals {
  #sounding = localStorage.getItem(KEPT) === "on";
  #audio = null;

  constructor(button) {
    this.#show(button);
    button.addEventListener("click", () => {
      this.#sounding = !this.#sounding;
      localStorage.setItem(KEPT, this.#sounding ? "on" : "off");
      this.#show(button);
      this.unlock();
    });
  }

  /* Browsers let a page sound only after a tap on it. */
  unlock() {
    if (!this.#sounding) return;
    this.#audio ??= new AudioContext();
    this.#audio.resume();
  }

  /* For an answer of the frame, by its name. */
  give(name) {
    const kind = KINDS[name] ?? "look";
    if (TOUCH[kind]) navigator.vibrate?.(TOUCH[kind]);
    if (!this.#sounding || this.#audio?.state !== "running") return;
    (TONES[kind] ?? []).forEach((tone, place) => this.#tone(tone, place * 1.5 * TONE_SECONDS));
  }

  #tone(hertz, delay) {
    const begin = this.#audio.currentTime + delay;
    const tone = new OscillatorNode(this.#audio, { frequency: hertz });
    const volume = new GainNode(this.#audio, { gain: 0.1 });
    tone.connect(volume).connect(this.#audio.destination);
    tone.start(begin);
    tone.stop(begin + TONE_SECONDS);
  }

  #show(button) {
    button.setAttribute("aria-pressed", String(this.#sounding));
    button.querySelector("span").textContent = button.dataset[this.#sounding ? "on" : "off"];
  }
}
