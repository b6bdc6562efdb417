/* The scanners and evacuation lists this browser keeps: they open without a network, links lead there. */

import { piece } from "./pieces.js";

const NAME = "scanner";
const PAGE = /\/sites\/\d+\/scanner$|\/floor\/\d+\/evacuation$/;

export async function scannerLinks() {
  if (!("caches" in window) || !(await caches.has(NAME))) return [];
  const cache = await caches.open(NAME);
  const kept = (await cache.keys()).filter(({ url }) => PAGE.test(new URL(url).pathname));
  const links = kept.map(async (request) => linkTo(request.url, await cache.match(request)));
  return (await Promise.all(links)).filter(Boolean);
}

async function linkTo(address, answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const kept = page.querySelector("[data-scanner], [data-presence]");
  const name = kept && ("scanner" in kept.dataset ? "scanner" : "evacuation");
  const link = kept && (await piece(name, { site: kept.dataset.siteName }));
  if (link) link.href = address;
  return link;
}
