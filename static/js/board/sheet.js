/* A row's page laid over the board's edge: the address answers with the part that goes there. */

export default async function open(sheet, address) {
  let answer, text;
  try {
    answer = await fetch(address, { headers: { "HX-Request": "true" }, cache: "no-store" });
    text = await answer.text();
  } catch {
    return show(sheet, document.getElementById("sheet-unreachable").innerHTML);
  }
  if (answer.headers.has("X-Locked")) return document.dispatchEvent(new Event("lock:fallen"));
  if (!answer.ok || answer.redirected || /<html/i.test(text)) return location.assign(address);
  show(sheet, text);
}

function show(sheet, text) {
  sheet.innerHTML = text;
  sheet.onclick = (event) => {
    if (event.target === sheet || event.target.closest("[data-close]")) sheet.close();
  };
  sheet.showModal();
  sheet.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
}
