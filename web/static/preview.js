// A draft's pages that are not drawn yet are asked for once the page has settled: who goes on at once has nothing drawn in vain.
export const SETTLED = 200;  // milliseconds

// Returns the piece of page with the draft's pages, its first images decoded; null when it is not to be had.
export async function pagesOf(url) {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;  // signed out meanwhile
  const fresh = document.createElement("div");
  fresh.innerHTML = await answer.text();  // our own server's piece of page
  await Promise.all([...fresh.querySelectorAll("img")].slice(0, 2).map((i) => { i.loading = "eager"; return i.decode().catch(() => null); }));
  return fresh;
}

export const waiting = document.querySelector("#preview [data-waiting]");
if (waiting && !document.querySelector("#paper-form")) {
  setTimeout(async () => {
    const fresh = await pagesOf(waiting.dataset.waiting);
    fresh?.querySelector("template")?.remove();
    if (fresh) waiting.closest("#preview").replaceChildren(...fresh.childNodes);
  }, SETTLED);
}
