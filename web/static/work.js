// Sections with data-poll are fetched anew until they say that the work is over; nothing else of the page changes.
const HIDDEN_MS = 5000;

async function refresh(section) {
  if (document.hidden || section.contains(document.activeElement)) {
    return section;
  }
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) {
    return section;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(section.id);
  if (!fresh) {
    location.reload();
    return null;
  }
  section.replaceWith(fresh);
  return fresh;
}

async function watch(section) {
  const after = section.dataset.after; // of the one that waited: it is over when its successor says nothing of it
  let current = section;
  while (current && current.dataset.poll) {
    const pause = document.hidden ? HIDDEN_MS : Number(current.dataset.poll);
    await new Promise((done) => setTimeout(done, pause));
    try {
      current = await refresh(current);
    } catch {
      // the network is gone for a moment: the next round asks again
    }
  }
  if (current && after === "reload") {
    location.reload();
  }
}

document.querySelectorAll("[data-poll]").forEach(watch);
