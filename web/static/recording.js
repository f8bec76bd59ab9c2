// The player: keys, marks, subtitles that run along, and the place that a link or a search names.
const player = document.querySelector("#player video, #player audio") ?? document.createElement("audio");  // none: not to be played here yet
const marking = document.querySelector("#marking");
const cues = [...document.querySelectorAll(".cues li[data-from]")];
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

const clock = (s) => `${s >= 3600 ? `${Math.floor(s / 3600)}:` : ""}${String(Math.floor(s / 60) % 60).padStart(s >= 3600 ? 2 : 1, "0")}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
function go(at, play = true) {
  const seek = () => { player.currentTime = Math.max(0, Math.min(at, player.duration || at)); if (play) player.play().catch(() => {}); };
  player.readyState ? seek() : player.addEventListener("loadedmetadata", seek, { once: true });
}
function rate(step) {
  const rates = [0.5, 1, 1.5, 2];
  const at = rates.indexOf(player.playbackRate);
  player.playbackRate = rates[Math.max(0, Math.min(rates.length - 1, (at < 0 ? 1 : at) + step))];
}
function mark() {
  if (!marking) return;
  player.pause();
  marking.at_s.value = clock(player.currentTime);
  marking.text.focus();
}
const KEYS = {
  " ": () => player.paused ? player.play() : player.pause(), k: () => player.paused ? player.play() : player.pause(),
  ArrowLeft: (e) => go(player.currentTime - (e.shiftKey ? 1 : 5), false), ArrowRight: (e) => go(player.currentTime + (e.shiftKey ? 1 : 5), false),
  j: () => go(player.currentTime - 10, false), l: () => go(player.currentTime + 10, false),
  "[": () => rate(-1), "]": () => rate(1), m: mark, Home: () => go(0, false),
};
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, textarea, select, button, a, summary, video, audio")) return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act) { act(event); event.preventDefault(); }
});
document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]"), place = event.target.closest("[data-at]");
  if (step) go(player.currentTime + Number(step.dataset.step), false);
  if (place) { go(Number(place.dataset.at)); player.scrollIntoView({ block: "nearest" }); event.preventDefault(); }
});
document.querySelector(".wave")?.addEventListener("click", (event) => go(player.duration * event.offsetX / event.target.clientWidth));
player.addEventListener("timeupdate", () => {
  for (const cue of cues) {
    const now = player.currentTime >= Number(cue.dataset.from) && player.currentTime < Number(cue.dataset.to);
    if (now && !cue.classList.contains("is-now")) cue.parentElement.scrollTo({ top: cue.offsetTop - cue.parentElement.offsetTop - 60, behavior: calm ? "auto" : "smooth" });
    cue.classList.toggle("is-now", now);
  }
});
if (marking) marking.addEventListener("focusin", (event) => { if (event.target === marking.text && !marking.at_s.value) marking.at_s.value = clock(player.currentTime); });
const asked = new URLSearchParams(location.search).get("t");
const found = document.querySelector(".cues .is-found");
if (asked !== null && Number.isFinite(Number(asked))) go(Number(asked), false);
else if (found?.dataset.from) { go(Number(found.dataset.from), false); found.parentElement.scrollTop = found.offsetTop - found.parentElement.offsetTop - 60; }
