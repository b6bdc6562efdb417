/* The camera: started by a tap, stopped when nobody looks, and a word for why there is none. */

const KEPT_CHOICE = "scanner.camera";
const REFUSALS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
};
const IN_APP = /FBAN|FBAV|FB_IAB|Instagram|Snapchat|Line\/|Twitter|TikTok|musical_ly|WhatsApp|; wv\)/;
const APPLE_MOBILE = /iPhone|iPad|iPod/;

export class Camera {
  #video;
  #onEnd;
  #stream = null;
  #lit = null;

  /* `onEnd` is called when the picture ends by itself: unplugged, or taken by another app. */
  constructor(video, onEnd) {
    this.#video = video;
    this.#onEnd = onEnd;
  }

  get isOn() {
    return this.#stream !== null;
  }

  /* "live", or why not: "denied", "none", "busy", "inapp", "insecure". */
  async start() {
    this.stop();
    const missing = whyNone();
    if (missing) return missing;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia(this.#wanted());
    } catch (fault) {
      return this.#refused(fault);
    }
    for (const track of this.#stream.getTracks()) track.addEventListener("ended", () => this.#onEnd());
    this.#video.srcObject = this.#stream;
    await this.#video.play().catch(() => {});
    this.#stayLit();
    return "live";
  }

  stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#video.srcObject = null;
    this.#lit?.release();
    this.#lit = null;
  }

  /* The screen stays on while the camera is; an empty battery may refuse. */
  async #stayLit() {
    const lit = await navigator.wakeLock?.request("screen").catch(() => null);
    if (this.isOn) this.#lit = lit;
    else lit?.release();
  }

  get hasTorch() {
    return Boolean(this.#track?.getCapabilities?.().torch);
  }

  async light(on) {
    await this.#track?.applyConstraints({ advanced: [{ torch: on }] });
  }

  /* Ids of all cameras; browsers name them only once one was allowed. */
  async cameras() {
    const all = await navigator.mediaDevices.enumerateDevices();
    return all.filter((one) => one.kind === "videoinput").map((one) => one.deviceId);
  }

  async next() {
    const cameras = await this.cameras();
    const here = cameras.indexOf(this.#track?.getSettings().deviceId);
    localStorage.setItem(KEPT_CHOICE, cameras[(here + 1) % cameras.length]);
    return this.start();
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  #wanted() {
    const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
    const kept = localStorage.getItem(KEPT_CHOICE);
    const which = kept ? { deviceId: { exact: kept } } : { facingMode: { ideal: "environment" } };
    return { audio: false, video: { ...size, ...which } };
  }

  #refused(fault) {
    if (fault.name === "OverconstrainedError" && localStorage.getItem(KEPT_CHOICE)) {
      localStorage.removeItem(KEPT_CHOICE); // the camera of last time is not plugged in
      return this.start();
    }
    const why = REFUSALS[fault.name] ?? "busy";
    return why === "denied" && isInApp() ? "inapp" : why;
  }
}

/* Browsers inside other apps, and pages without https, have no camera to ask for. */
function whyNone() {
  if (navigator.mediaDevices?.getUserMedia) return null;
  if (isInApp()) return "inapp";
  return window.isSecureContext ? "none" : "insecure";
}

function isInApp() {
  const name = navigator.userAgent;
  return IN_APP.test(name) || (APPLE_MOBILE.test(name) && !name.includes("Safari/"));
}

/* iPads call themselves Macs, which have no touch screens. */
export function isApple() {
  const { userAgent: name, maxTouchPoints: fingers } = navigator;
  return APPLE_MOBILE.test(name) || (name.includes("Macintosh") && fingers > 1);
}
