/* Looks through the camera again and again while somebody works here, and rests when nobody does. */

const LOOK_EVERY = 120;
const CLOSER_AFTER = 8_000;
const IDLE_AFTER = 5 * 60_000;
const LOOK_FOR_IDLE = 5_000;
const ACTIVITY = ["pointerdown", "keydown"];

export class Watcher {
  #root;
  #camera;
  #decoder;
  #frame;
  #onText;
  #onOpen;
  #onWake;
  #isLooking = false;
  #lastRead = 0;
  #lastActive = performance.now();

  constructor(root, { camera, decoder, frame, onText, onOpen, onWake }) {
    this.#root = root;
    this.#camera = camera;
    this.#decoder = decoder;
    this.#frame = frame;
    this.#onText = onText;
    this.#onOpen = onOpen;
    this.#onWake = onWake;
    for (const button of root.querySelectorAll("[data-start]")) {
      button.addEventListener("click", () => this.start());
    }
    this.#button("torch").addEventListener("click", ({ currentTarget }) => this.#light(currentTarget));
    this.#button("switch").addEventListener("click", () => this.#begin(() => camera.next()));
    document.addEventListener("visibilitychange", () => this.#onSight());
    window.addEventListener("pagehide", () => this.#rest("ask"));
    for (const sign of ACTIVITY) document.addEventListener(sign, () => this.#stir(), true);
    setInterval(() => performance.now() - this.#lastActive > IDLE_AFTER && this.#sleep(), LOOK_FOR_IDLE);
  }

  start() {
    return this.#begin(() => this.#camera.start());
  }

  /* The picture ended by itself. */
  lost() {
    this.#rest("busy");
  }

  async readPhoto(file) {
    try {
      const picture = await createImageBitmap(file);
      return await this.#decoder.read(picture);
    } catch {
      return [];
    }
  }

  async #begin(open) {
    this.#stir();
    this.#frame.clear();
    this.#frame.show("starting");
    const state = await open();
    this.#frame.show(state);
    if (document.hidden) this.#camera.stop(); // left while the browser was still asking
    if (state !== "live") return;
    this.#show("torch", this.#camera.hasTorch);
    this.#show("switch", (await this.#camera.cameras()).length > 1);
    this.#lastRead = performance.now();
    this.#look();
    this.#decoder.open().then(this.#onOpen, () => {});
  }

  async #look() {
    if (this.#isLooking) return;
    this.#isLooking = true;
    while (this.#camera.isOn) {
      await this.#glance();
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
    this.#isLooking = false;
  }

  async #glance() {
    const video = this.#root.querySelector("[data-video]");
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const texts = await this.#decoder.read(video).catch(() => []);
    this.#root.dataset.decoder = this.#decoder.kind;
    const now = performance.now();
    if (texts.length) {
      this.#lastRead = now;
      this.#stir();
      this.#onText(texts[0]);
    }
    const isFar = now - this.#lastRead > CLOSER_AFTER;
    this.#root.querySelector("[data-closer]").hidden = !isFar;
    this.#root.querySelector("[data-hint]").hidden = isFar;
  }

  #rest(view) {
    this.#camera.stop();
    this.#show("torch", false);
    this.#show("switch", false);
    if (["live", "starting"].includes(this.#frame.view)) this.#frame.show(view);
  }

  /* Phones take the camera away from a page out of sight, and give back a black picture. */
  #onSight() {
    if (document.hidden) this.#camera.stop();
    else if (this.#frame.view === "live") this.start();
  }

  /* Nobody here for a while: no picture, and no names for whoever walks by. */
  #sleep() {
    this.#rest("asleep");
    this.#root.dataset.asleep = "";
  }

  #stir() {
    this.#lastActive = performance.now();
    if (!("asleep" in this.#root.dataset)) return;
    delete this.#root.dataset.asleep;
    this.#onWake();
  }

  async #light(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    await this.#camera.light(on);
    button.setAttribute("aria-pressed", String(on));
  }

  #show(name, isThere) {
    this.#root.querySelector(`[data-${name}]`).hidden = !isThere;
  }

  #button(name) {
    return this.#root.querySelector(`[data-${name}] button`);
  }
}
