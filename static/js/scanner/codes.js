/* What a code is: a badge, or something else of ours that a supervisor holds up by mistake. */

const KINDS = { B: "badge", S: "poster", R: "display", E: "enrolment", V: "certificate" };
const ADDRESS = /(?:^|\/)([BSREV])\/([0-9A-Z]{6,64})\/?$/;
const CODE = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;

/* {kind, code} for what was read or typed; the kind is "other" for what is none of ours. */
export function readCode(text) {
  const plain = latin(text).trim().toUpperCase();
  const address = ADDRESS.exec(plain);
  if (address) {
    const kind = KINDS[address[1]];
    const code = kind === "badge" ? wellFormed(address[2]) : address[2];
    return code ? { kind, code } : { kind: "other", code: "" };
  }
  const typed = wellFormed(plain);
  return typed ? { kind: "badge", code: typed } : { kind: "other", code: "" };
}

/* Forgiving as the server is: O is 0, I and L are 1, spaces and hyphens say nothing. */
function wellFormed(text) {
  const code = text.replace(/[\s\-\u2010-\u2015]+/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  return CODE.test(code) ? code : null;
}

function latin(text) {
  return text.replace(DIGITS, (digit) => String(digit.charCodeAt(0) & 0xf));
}
