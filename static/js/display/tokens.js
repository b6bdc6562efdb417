/* The rotating code, byte for byte as checkin/domain/rotating.py makes it, by WebCrypto. */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const PERIOD = 30_000;
const TYPED_PERIOD = 60_000;

const utf8 = new TextEncoder();

export const windowOf = (at) => Math.floor(at / PERIOD);
export const minuteOf = (at) => Math.floor(at / TYPED_PERIOD);
export const secondsLeft = (at) => Math.ceil(((windowOf(at) + 1) * PERIOD - at) / 1000);

/* Days are UTC days on both sides, so that no time zone has to be agreed upon. */
export const dayOf = (at) => new Date(at).toISOString().slice(0, 10);
export const dayOfWindow = (window) => dayOf(window * PERIOD);
export const dayOfMinute = (minute) => dayOf(minute * TYPED_PERIOD);

export async function token(key, display, window) {
  const mac = await sign(key, "vc1|R|", display, window);
  return display.keyId + display.number + encode(BigInt(window), 6) + encode(integer(mac, 16), 26);
}

export async function sixDigits(key, display, minute) {
  const mac = await sign(key, "vc1|N|", display, minute);
  return String(integer(mac, 6) % 1_000_000n).padStart(6, "0");
}

async function sign(key, label, { number, siteId, epoch }, count) {
  const bytes = message(label, [number, siteId, epoch, count]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes));
}

/* One byte of length before each field: no two lists of fields give the same bytes. */
function message(label, fields) {
  const parts = fields.map((field) => utf8.encode(String(field)));
  return Uint8Array.from([...utf8.encode(label), ...parts.flatMap((part) => [part.length, ...part])]);
}

function integer(bytes, length) {
  return bytes.subarray(0, length).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function encode(number, length) {
  const places = Array.from({ length }, (_, place) => BigInt(5 * (length - 1 - place)));
  return places.map((place) => ALPHABET[Number((number >> place) & 31n)]).join("");
}
