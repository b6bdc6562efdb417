/* Presses the button of a fresh code while its page is still loading. Only then do browsers let the
   receipt take the page's place in their history, so that Back does not lead to the code again. */

document.querySelector("form[data-at-once]")?.requestSubmit();
