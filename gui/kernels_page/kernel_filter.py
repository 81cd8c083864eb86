"""The search grammar of the kernels table: ``kind:kernel -name:copy layer:blocks.3 gemm``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from gui.kernels_page.kernel_entry import KernelEntry

FIELDS = ("name", "kind", "library", "layer", "variant")
_TERM = re.compile(r'(?P<minus>-)?(?:(?P<field>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<word>\S+))')


@dataclass(frozen=True)
class Term:
    """One condition: the field holds the text, or with a minus does not. Case doesn't matter."""

    field: str
    text: str
    is_excluded: bool = False

    def accepts(self, entry: KernelEntry) -> bool:
        """Return whether a row passes."""
        values = {
            "name": (entry.row.name,),
            "kind": (entry.row.kind,),
            "library": (entry.row.library or "",),
            "layer": entry.row.layers,
            "variant": (entry.variant,),
        }[self.field]
        found = any(self._matches(value.casefold()) for value in values)
        return found != self.is_excluded

    def _matches(self, value: str) -> bool:
        if self.field != "layer":
            return self.text in value
        # A layer's name covers the layers inside it, but blocks.3 is not blocks.30.
        return f".{self.text}." in f".{value}." or (self.text == "" and value == "")


def parse_filter(text: str) -> tuple[Term, ...]:
    """Return the conditions of a search; all must hold. Any text is a search: nothing is an error.

    A word before a colon that is no field (``at::native``) belongs to the text.
    """
    terms = []
    for match in _TERM.finditer(text):
        field = (match["field"] or "name").lower()
        value = match["quoted"] if match["quoted"] is not None else match["word"]
        if field not in FIELDS:
            field, value = "name", f"{match['field']}:{value}"
        if value or match["quoted"] is not None:
            terms.append(Term(field, value.casefold(), match["minus"] is not None))
    return tuple(terms)


def kernel_filter(text: str) -> Callable[[KernelEntry], bool] | None:
    """Return a test for rows; None accepts all."""
    terms = parse_filter(text)
    if not terms:
        return None
    return lambda entry: all(term.accepts(entry) for term in terms)
