/* The id of an act that another one causes: the same however often it is asked for. */

const URLS = "6ba7b8119dad11d180b400c04fd430c8"; // the standard's own namespace, as the server has it

/* A UUID of version 5, the same as the server makes of this. */
export async function derivedId(uid, purpose) {
  const space = URLS.match(/../g).map((byte) => Number.parseInt(byte, 16));
  const name = new TextEncoder().encode(`checkin:${uid}:${purpose}`);
  const sum = await crypto.subtle.digest("SHA-1", new Uint8Array([...space, ...name]));
  const bytes = new Uint8Array(sum).slice(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
