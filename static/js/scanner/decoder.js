/* Reads codes in pictures: by the browser itself where it can, else by the reader we serve. */

const FORMATS = ["qr_code"];

export class Decoder {
  #addresses;
  #detector = null;
  #kind = "";

  /* `ponyfill` and `reader` are the addresses of the detector's script and of its wasm. */
  constructor(addresses) {
    this.#addresses = addresses;
  }

  /* "native" or "ponyfill", once something was read. */
  get kind() {
    return this.#kind;
  }

  async open() {
    if (this.#detector) return;
    if (await nativeReads()) this.#use(new BarcodeDetector({ formats: FORMATS }), "native");
    else await this.#usePonyfill();
  }

  /* The texts of all codes in a picture, a video's frame or a file's bitmap. */
  async read(picture) {
    await this.open();
    try {
      return texts(await this.#detector.detect(picture));
    } catch (fault) {
      // Some phones name the format and then have no service behind it.
      if (this.#kind !== "native") throw fault;
      await this.#usePonyfill();
      return texts(await this.#detector.detect(picture));
    }
  }

  async #usePonyfill() {
    const { BarcodeDetector: Ponyfill, prepareZXingModule } = await ponyfill(this.#addresses.ponyfill);
    prepareZXingModule({ overrides: { locateFile: () => this.#addresses.reader } });
    this.#use(new Ponyfill({ formats: FORMATS }), "ponyfill");
  }

  #use(detector, kind) {
    this.#detector = detector;
    this.#kind = kind;
  }
}

async function nativeReads() {
  if (!("BarcodeDetector" in window)) return false;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  return formats.includes("qr_code");
}

let loading = null;

function ponyfill(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => resolve(window.BarcodeDetectionAPI));
    script.addEventListener("error", () => {
      loading = null; // the next code tries again
      reject(new Error("the reader could not be loaded"));
    });
    document.head.append(script);
  });
  return loading;
}

function texts(found) {
  return found.map((code) => code.rawValue).filter(Boolean);
}
