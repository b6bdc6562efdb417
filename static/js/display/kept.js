/* What a display keeps on its device, so that a reload without a network goes on. */

import { openDB } from "../../vendor/idb/index.js";

const STORE = "kept";
const database = openDB("display", 1, { upgrade: (opened) => opened.createObjectStore(STORE) });

/* A browser that keeps nothing, as in a private window, still shows codes until it is closed. */
const tolerate = (act) => database.then(act).catch(() => undefined);

export const read = (name) => tolerate((kept) => kept.get(STORE, name));
export const keep = (name, value) => tolerate((kept) => kept.put(STORE, value, name));
export const forgetAll = () => tolerate((kept) => kept.clear(STORE));
