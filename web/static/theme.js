// Before the first paint: dark or light, ordinary or large letters.
(() => {
  const saved = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const root = document.documentElement;
  root.dataset.bsTheme = saved("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  if (saved("large") === "1") root.classList.add("large");
})();
