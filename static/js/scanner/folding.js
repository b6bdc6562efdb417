/* The key under which a name is searched: the same as `fold_name` of checkin/domain/text.py. */

const SAME_LETTER = new Map(
  ["ٱا", "ةه", "ۃه", "ہه", "ھه", "ىي", "یي", "کك", "ء", "ـ"].map(([from, to = ""]) => [from, to]),
);
const SILENT = /['`´‘’ʼʿʾʻ\u200c\u200d]/g;
const INVISIBLE = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\u00ad]/g;
const SON_OF = new Set(["بن", "ابن", "بنت", "bin", "ibn", "bint", "al", "el"]);
const JOINS_NEXT = new Set(["عبد", "ابو"]);
const DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;

export function latinDigits(text) {
  return text.replace(DIGITS, (digit) => String(digit.charCodeAt(0) & 0xf));
}

export function foldName(text) {
  const words = plainLetters(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const kept = words.filter((word) => !SON_OF.has(word));
  return joined(kept.length ? kept : words).map(withoutArticle).join(" ");
}

function plainLetters(text) {
  const apart = text.replace(INVISIBLE, "").normalize("NFKD").toLowerCase().replace(/ß/g, "ss");
  const bare = latinDigits(apart.normalize("NFKD")).replace(/\p{M}/gu, "");
  return [...bare.replace(SILENT, "")].map((letter) => SAME_LETTER.get(letter) ?? letter).join("");
}

/* «عبد العزيز» and «عبدالعزيز» are one name. */
function joined(words) {
  const whole = [];
  let prefix = "";
  for (const word of words) {
    if (JOINS_NEXT.has(word)) {
      prefix += word;
    } else {
      whole.push(prefix + word);
      prefix = "";
    }
  }
  return prefix ? [...whole, prefix] : whole;
}

/* الحربي and Alharbi without the article; short words keep their first letters. */
function withoutArticle(word) {
  let rest = word;
  while (rest.startsWith("ال") && [...rest].length >= 5) rest = rest.slice(2);
  while (rest.startsWith("al") && [...rest].length >= 7) rest = rest.slice(2);
  return rest;
}
