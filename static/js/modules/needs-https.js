/* What a page cannot do without https is said before anybody fills anything in. Browsers lend their
   cryptography only to https and to the machine itself. */

export default class NeedsHttps {
  constructor(root) {
    const lacking = !globalThis.crypto?.subtle;
    root.querySelector('[data-part="insecure"]').hidden = !lacking;
    root.querySelector('[data-part="secure"]').hidden = lacking;
  }
}
