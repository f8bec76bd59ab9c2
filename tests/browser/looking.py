"""What is looked for on a page: faults that axe minds, complaints of the browser, foreign servers, width, weight."""

import functools
import gzip
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from foundation.settings import ROOT

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
OK = 200
MOST = 300_000
"""Bytes of a page as they travel when they are compressed, without pictures of papers and recordings."""
LOOK = """async () => {
  document.querySelectorAll('details:not(.more)').forEach(d => d.open = true);
  const told = async options => (await axe.run({ resultTypes: ['violations'], ...options })).violations
    .filter(v => ['serious', 'critical'].includes(v.impact)).flatMap(v => v.nodes.map(n => `${v.id}: ${n.html}`));
  const light = await told({});
  document.documentElement.dataset.bsTheme = 'dark';
  const dark = await told({ runOnly: ['color-contrast'] });
  return [...light, ...dark.map(t => `dark ${t}`)];
}"""
"""Opens what is folded and lets axe look: at everything, then at the colours of the dark page."""
WIDER = """() => {
  document.documentElement.classList.add('large');
  if (document.documentElement.scrollWidth <= innerWidth + 1) return [];
  const over = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1);
  return [`wide: ${over.slice(0, 3).map(e => e.outerHTML.slice(0, 200)).join(' | ') || 'the page'}`];
}"""
"""Tells what reaches over the edge when letters are large."""
PARTS = "() => performance.getEntriesByType('resource').map(e => e.name)"


@dataclass(kw_only=True)
class Looker:
    """Somebody's page, and what the browser said since it was opened."""

    page: Page
    url: str
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen."""
        self.page.on("console", lambda m: self.said.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.said.append(str(e)))
        self.page.on("request", lambda r: None if self._is_ours(r.url) else self.said.append(f"foreign: {r.url}"))

    def _is_ours(self, url: str) -> bool:
        return url.startswith((f"{self.url}/", "data:", "blob:"))

    def look(self, path: str, status: int = OK) -> list[str]:
        """Open a page and return its faults."""
        self.said.clear()
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        answer = self.page.goto(self.url + path)
        assert answer is not None
        if answer.status != status:
            return [f"status {answer.status}"]
        self.page.evaluate(_axe())
        found = [*self.page.evaluate(LOOK), *self._heavy(answer)]
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        found += self.page.evaluate(WIDER)
        return found + [s for s in self.said if status == OK or "Failed to load" not in s]

    def _heavy(self, answer: Response) -> list[str]:
        parts = dict.fromkeys(self.page.evaluate(PARTS))
        weight = len(gzip.compress(answer.body())) + sum(self._weight(urlsplit(part).path) for part in parts)
        return [f"{weight} bytes"] if weight > MOST else []

    def _weight(self, path: str) -> int:
        """Return how much a part of a page weighs; pictures of papers and recordings count for nothing."""
        if path.startswith("/static/"):
            return _static(ROOT / "web" / path.lstrip("/"))
        answer = self.page.request.get(self.url + path)
        kind = answer.headers.get("content-type", "")
        return 0 if kind.startswith(("image/", "video/", "audio/")) else len(gzip.compress(answer.body()))


@functools.cache
def _axe() -> str:
    return str(Axe().axe_script)


@functools.cache
def _static(file: Path) -> int:
    return len(gzip.compress(file.read_bytes()))
