/* One reading of where the phone is, at the tap, where the site asks for it. Only the distance to
   the site leaves the phone, rounded; without an answer in five seconds it goes without. */

const PATIENCE = 5000;
const EARTH_M = 6371009;
const ROUNDED_TO_M = 50;

export default class Locate {
  #form;
  #state = "waiting";

  constructor(form) {
    this.#form = form;
    // before every other listener of the form: the press is held back until the reading is there
    form.addEventListener("submit", (event) => this.#onSubmit(event), { capture: true });
    window.addEventListener("pageshow", (event) => event.persisted && (this.#state = "waiting"));
  }

  async #onSubmit(event) {
    if (this.#state === "asked" || !navigator.geolocation) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.#state === "asking") return;
    this.#state = "asking";
    const button = event.submitter;
    button?.setAttribute("aria-busy", "true");
    const reading = await read();
    if (reading) this.#fill(reading.coords);
    this.#state = "asked";
    button?.removeAttribute("aria-busy");
    this.#form.requestSubmit(button);
  }

  #fill({ latitude, longitude, accuracy }) {
    const site = this.#form.dataset.point.split(",").map(Number);
    this.#form.elements.distance_m.value = rounded(distance(site, [latitude, longitude]));
    this.#form.elements.accuracy_m.value = Math.round(accuracy);
  }
}

function read() {
  return new Promise((resolve) => {
    // the browser's own time-out does not run while it asks for permission
    setTimeout(resolve, PATIENCE);
    navigator.geolocation.getCurrentPosition(resolve, () => resolve(), {
      timeout: PATIENCE,
      maximumAge: 60000,
    });
  });
}

export function distance([latA, lonA], [latB, lonB]) {
  const rad = Math.PI / 180;
  const north = Math.sin(((latB - latA) * rad) / 2);
  const east = Math.sin(((lonB - lonA) * rad) / 2);
  const across = Math.hypot(north, Math.sqrt(Math.cos(latA * rad) * Math.cos(latB * rad)) * east);
  return 2 * EARTH_M * Math.asin(Math.min(across, 1));
}

function rounded(metres) {
  return Math.round(metres / ROUNDED_TO_M) * ROUNDED_TO_M;
}
