/* The scanners whose pages this browser keeps: they open without a network, and links lead there. */

import { piece } from "./pieces.js";

const NAME = "scanner";
const PAGE = /\/sites\/\d+\/scanner$/;

export async function scannerLinks() {
  if (!("caches" in window) || !(await caches.has(NAME))) return [];
  const cache = await caches.open(NAME);
  const kept = (await cache.keys()).filter(({ url }) => PAGE.test(new URL(url).pathname));
  const links = kept.map(async (request) => linkTo(request.url, await cache.match(request)));
  return (await Promise.all(links)).filter(Boolean);
}

async function linkTo(address, answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const scanner = page.querySelector("[data-scanner]");
  const link = scanner && (await piece("scanner", { site: scanner.dataset.siteName }));
  if (link) link.href = address;
  return link;
}
