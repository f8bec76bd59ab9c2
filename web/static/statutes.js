// Choosing provisions into a paper's field: the list is fetched, a choice is added behind what stands there.
const WAIT = 250;
for (const picker of document.querySelectorAll("[data-statutes]")) {
  const target = document.getElementById(picker.dataset.statutes);
  const body = picker.querySelector("[data-choices]");
  const box = picker.querySelector("input[type=search]");
  if (!target || !body || !box) continue;
  let timer, asked = 0;
  const load = async () => {
    const turn = ++asked;
    const query = new URLSearchParams({ q: box.value.trim(), day: picker.dataset.day ?? "" });
    const answer = await fetch(`${picker.dataset.url}?${query}`, { headers: { Accept: "text/html" } }).catch(() => null);
    if (turn !== asked) return;
    if (!answer?.ok) { body.textContent = "条款列表暂时取不到，请打开条款页选择。"; return; }
    body.innerHTML = await answer.text();  // our own page's markup, every value escaped there
    for (const button of body.querySelectorAll("[data-citation]")) button.hidden = false;
    for (const link of body.querySelectorAll("[data-plain]")) link.target = "_blank";
  };
  picker.addEventListener("toggle", () => { if (picker.open && !asked) load(); });
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(load, WAIT); });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); load(); } });
  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-citation]");
    if (!button) return;
    const words = button.dataset.citation, before = target.value.trim();
    if (!before.includes(words)) target.value = before ? `${before}、${words}` : words;
    target.dispatchEvent(new Event("input", { bubbles: true }));
    target.dispatchEvent(new Event("change", { bubbles: true }));
    button.textContent = "已选用";
  });
}
