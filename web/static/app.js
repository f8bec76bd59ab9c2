// Keyboard and reading comfort; every page works without it.
const root = document.documentElement;
const save = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } };
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  if (button.dataset.do === "large") save("large", root.classList.toggle("large") ? "1" : "0");
  if (button.dataset.do === "theme") save("theme", (root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark"));
  if (button.dataset.do === "seek") {
    const player = document.querySelector("video, audio");
    if (player) { player.currentTime = Number(button.dataset.at); player.play(); }
  }
  if (button.dataset.do === "speed") {
    const player = document.querySelector("video, audio");
    if (player) player.playbackRate = Number(button.dataset.rate);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select")) return;
  if (event.key === "/") { document.querySelector("#q")?.focus(); event.preventDefault(); }
});
// A form is sent once; what cannot be undone is asked first.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.ask && !confirm(form.dataset.ask)) { event.preventDefault(); return; }
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post" && !event.defaultPrevented) form.dataset.sent = "1";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
document.querySelector("#faults")?.focus();
