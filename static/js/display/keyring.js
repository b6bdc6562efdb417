/* The keys of today and tomorrow. They are kept so that nobody, this page included, can read them. */

import { forgetAll, keep, read } from "./kept.js";
import { ask } from "./server.js";
import { dayOf } from "./tokens.js";

const DAY = 24 * 60 * 60 * 1000;

export default class Keyring {
  #display;
  #keys;

  constructor({ display = null, keys = {} } = {}) {
    this.#display = display;
    this.#keys = keys;
  }

  /* Only what was kept by this very display: one that was left and opened again has other keys. */
  static async restore({ number, epoch }) {
    const kept = await read("keys");
    const own = kept?.display?.number === number && kept.display.epoch === epoch;
    return new Keyring(own ? kept : undefined);
  }

  /* What stands in every token of this display: {number, siteId, epoch, keyId}. */
  get display() {
    return this.#display;
  }

  keyOf(day) {
    return this.#keys[day];
  }

  /* Tomorrow's key is fetched a day ahead: a night without a network must not end at midnight. */
  lacks(at) {
    return !this.keyOf(dayOf(at)) || !this.keyOf(dayOf(at + DAY));
  }

  async fetch(url) {
    const given = await ask(url);
    const imported = await Promise.all(given.keys.map(async ({ day, key }) => [day, await locked(key)]));
    this.#keys = Object.fromEntries(imported);
    this.#display = {
      number: given.number,
      siteId: given.site_id,
      epoch: given.epoch,
      keyId: given.key_id,
    };
    await keep("keys", { display: this.#display, keys: this.#keys });
  }

  async forget() {
    this.#display = null;
    this.#keys = {};
    await forgetAll();
  }
}

/* Not extractable: it can sign here, and nothing can take it elsewhere. */
function locked(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}
