/* Draws an address as a code of one SVG path; dark modules side by side are one stroke. */

import { encode } from "../../vendor/uqr/uqr.js";

const QUIET = 4;

/* Screens take level M; all upper case is the small alphanumeric mode, so this is version 4. */
export function draw(svg, text) {
  const { size, data } = encode(text, { ecc: "M", border: QUIET });
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.querySelector("path").setAttribute("d", data.map(strokes).join(""));
}

function strokes(row, y) {
  const path = [];
  for (let x = 0; x < row.length; x += 1) {
    const start = x;
    while (row[x]) x += 1;
    if (x > start) path.push(`M${start} ${y}h${x - start}v1h-${x - start}z`);
  }
  return path.join("");
}
