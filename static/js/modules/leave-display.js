/* Who closes a display takes its keys along: without a network this browser must not show it again.
   After a wrong PIN the display fetches them anew. */

import { forgetAll } from "../display/kept.js";
import { dropShell } from "../display/shell.js";

export default class LeaveDisplay {
  constructor(form) {
    form.addEventListener("submit", () => {
      forgetAll();
      dropShell();
    });
  }
}
