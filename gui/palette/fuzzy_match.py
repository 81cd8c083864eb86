"""How well a layer fits what the person typed."""

from __future__ import annotations

from engine.host.inspection import CatalogLayer


def match_score(layer: CatalogLayer, query: str) -> float:
    """Return how well ``layer`` fits ``query``; 0 if not at all.

    The name counts most: its start, then its middle, then its letters in order (``mha`` finds
    MultiheadAttention). Then the category and the first sentence of the doc; each word must fit.
    """
    words = query.casefold().split()
    if not words:
        return 1.0
    scores = [_word_score(layer, word) for word in words]
    return sum(scores) / len(scores) if all(scores) else 0.0


def _word_score(layer: CatalogLayer, word: str) -> float:
    name = layer.name.casefold()
    if name == word:
        return 100.0
    if name.startswith(word):
        return 90.0 - len(name) / 100
    if word in name:
        return 70.0 - len(name) / 100
    if _capitals(layer.name).startswith(word):
        return 65.0
    if len(word) > 2 and (gaps := _gaps(name, word)) is not None:
        return max(20.0, 50.0 - 3 * gaps)
    if word in layer.category.casefold() or word in (layer.file or "").casefold():
        return 15.0
    return 5.0 if word in _summary(layer).casefold() else 0.0


def _capitals(name: str) -> str:
    return "".join(letter for letter in name if letter.isupper() or letter.isdigit()).casefold()


def _gaps(name: str, word: str) -> int | None:
    """Return how many letters lie between those of ``word`` in ``name``; None if they aren't there."""
    if name[0] != word[0]:
        return None
    place, gaps = 0, 0
    for letter in word[1:]:
        found = name.find(letter, place + 1)
        if found < 0:
            return None
        gaps += found - place - 1
        place = found
    return gaps


def _summary(layer: CatalogLayer) -> str:
    return layer.doc.split("\n\n", 1)[0]
