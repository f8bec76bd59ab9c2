// Keyboard and reading comfort; every page works without it.
const root = document.documentElement;
const save = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } };
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  if (button.dataset.do === "large") save("large", root.classList.toggle("large") ? "1" : "0");
  if (button.dataset.do === "theme") save("theme", (root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark"));
  if (button.dataset.do === "print") window.print();
  if (button.dataset.do === "seek") {
    const player = document.querySelector("video, audio");
    if (player) { player.currentTime = Number(button.dataset.at); player.play(); }
  }
  if (button.dataset.do === "speed") {
    const player = document.querySelector("video, audio");
    if (player) player.playbackRate = Number(button.dataset.rate);
  }
});
// `/` searches, `?` tells the keys, `g` and a letter go somewhere; what an input method is putting together is left alone.
let went = 0;
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const place = Date.now() - went < 1500 && document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  went = event.key === "g" ? Date.now() : 0;
  if (place) { place.click(); event.preventDefault(); return; }
  if (event.key === "/") { document.querySelector("#q")?.focus(); event.preventDefault(); }
  if (event.key === "?") {
    const help = document.querySelector("#keys-help");
    if (help?.open) help.close();
    else help?.showModal();
  }
});
// A form is sent once; what cannot be undone is asked first.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.ask && !confirm(form.dataset.ask)) { event.preventDefault(); return; }
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post" && !event.defaultPrevented && !form.dataset.again) form.dataset.sent = "1";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
document.querySelector("#faults")?.focus();
// A folded menu closes when something else is touched.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.more[open]")) if (!menu.contains(event.target)) menu.open = false;
});
