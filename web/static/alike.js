// While a party is typed, those of the register that are alike are shown; without this the same comes with the next answer.
const place = document.querySelector("#alike[data-url]");
const form = place?.closest("form");
if (place && form) {
  let waiting = 0;
  let asked = "";
  const ask = async () => {
    const url = new URL(place.dataset.url, location.href);
    for (const name of ["name", "id_no"]) url.searchParams.set(name, form.elements[name].value.trim());
    if (!url.searchParams.get("name") || url.href === asked) return;
    asked = url.href;
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (answer.ok && asked === url.href) place.innerHTML = await answer.text();
  };
  form.addEventListener("input", (event) => {
    if (event.isComposing || !["name", "id_no"].includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 400);
  });
  form.addEventListener("compositionend", () => { clearTimeout(waiting); waiting = setTimeout(ask, 400); });
}
// Enter in the search of the register searches, and does not send the whole form.
document.querySelector("#f-find")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  document.querySelector("#find").click();
});
