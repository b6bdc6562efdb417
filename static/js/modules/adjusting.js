/* One tap on a likely end fills it in. */

export default class Adjusting {
  constructor(root) {
    root.addEventListener("click", ({ target }) => {
      const filling = target.closest("[data-fills]");
      if (filling) document.getElementById(filling.dataset.fills).value = filling.value;
    });
  }
}
