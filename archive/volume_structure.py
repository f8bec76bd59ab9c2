"""The structure of a volume: the tagged structure of every paper, taken over under one root.

Papers are tagged (PDF/A-2a); joining pages alone would lose it, and a screen reader would see nothing.
Each paper becomes a `Part` under the volume's `Document`; its pages' keys into the parent tree move up by what the
papers before it used.
"""

from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name

DEEPEST = 60
"""Levels of a number tree that is followed; a deeper one is broken or an attack."""


class Structure:
    """The structure root that grows with each paper."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self.root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self._document = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=self.root, K=Array([])))
        self._parents: list[tuple[int, pikepdf.Object]] = []
        self._roles = Dictionary()
        self._next = 0

    def add(self, source: pikepdf.Pdf, pages: list[pikepdf.Page], title: str) -> None:
        """Take over the structure of a paper whose pages were just added.

        Args:
            source: The paper, still open.
            pages: Its pages in the volume.
            title: What the part is called.
        """
        root = source.Root.get("/StructTreeRoot")
        if root is None:
            _forget(pages)
            return
        taken = self._pdf.copy_foreign(root)
        part = self._pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Part, P=self._document, T=pikepdf.String(title), K=Array([]))
        )
        for kid in _kids(taken):
            kid.P = part
            part.K.append(kid)
        self._document.K.append(part)
        for role, standard in (taken.get("/RoleMap") or {}).items():
            self._roles[role] = standard
        self._renumber(taken, pages)

    def _renumber(self, taken: pikepdf.Object, pages: list[pikepdf.Page]) -> None:
        highest = -1
        for number, parent in numbers(taken.get("/ParentTree")):
            self._parents.append((self._next + number, parent))
            highest = max(highest, number)
        for page in pages:
            for holder in (page.obj, *(page.obj.get("/Annots") or ())):
                for key in ("/StructParents", "/StructParent"):
                    if key in holder:
                        holder[key] = self._next + int(holder[key])
                        highest = max(highest, int(holder[key]) - self._next)
        self._next += highest + 1

    def link(self, annotation: pikepdf.Object, page: pikepdf.Page) -> None:
        """Give a link annotation its place in the structure."""
        reference = Dictionary(Type=Name.OBJR, Obj=annotation, Pg=page.obj)
        element = self._pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Link, P=self._document, Pg=page.obj, K=Array([reference]))
        )
        self._document.K.append(element)
        annotation.StructParent = self._next
        self._parents.append((self._next, element))
        self._next += 1

    def finish(self) -> pikepdf.Object:
        """Write root, parent tree and role map; return the root."""
        nums = [one for key, parent in sorted(self._parents, key=lambda p: p[0]) for one in (key, parent)]
        self.root.K = Array([self._document])
        self.root.ParentTree = self._pdf.make_indirect(Dictionary(Nums=Array(nums)))
        self.root.ParentTreeNextKey = self._next
        if len(self._roles):
            self.root.RoleMap = self._roles
        return self.root


def numbers(tree: pikepdf.Object | None, depth: int = 0) -> Iterator[tuple[int, pikepdf.Object]]:
    """Yield the entries of a number tree in order."""
    if tree is None or depth > DEEPEST:
        return
    entries = list(tree.get("/Nums") or ())
    for at in range(0, len(entries) - 1, 2):
        yield int(entries[at]), entries[at + 1]
    for kid in tree.get("/Kids") or ():
        yield from numbers(kid, depth + 1)


def _kids(root: pikepdf.Object) -> list[pikepdf.Object]:
    kids = root.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, Array) else [kids]


def _forget(pages: list[pikepdf.Page]) -> None:
    """Drop keys into a structure that does not exist."""
    for page in pages:
        for holder in (page.obj, *(page.obj.get("/Annots") or ())):
            for key in ("/StructParents", "/StructParent"):
                if key in holder:
                    del holder[key]
