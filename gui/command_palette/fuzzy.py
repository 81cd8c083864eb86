"""Fuzzy matching of what was typed against a command's name."""

from __future__ import annotations


def match(query: str, text: str) -> tuple[int, tuple[int, ...]] | None:
    """Return (score, positions of the matched letters), or None if ``query`` is not in ``text``.

    All letters must occur in order. Letters that begin a word, or follow the last match, score more.
    """
    if not query:
        return 0, ()
    lowered = text.casefold()
    if len(lowered) != len(text):  # some letters fold to two: positions would be off
        lowered = text.lower() if len(text.lower()) == len(text) else text
    wanted = [letter for letter in query.casefold() if not letter.isspace()]
    starts = [index for index, letter in enumerate(lowered) if wanted and letter == wanted[0]]
    found = [result for start in starts if (result := _match_from(wanted, lowered, start))]
    return max(found, key=lambda result: result[0]) if found else None


def _match_from(wanted: list[str], text: str, start: int) -> tuple[int, tuple[int, ...]] | None:
    positions: list[int] = []
    score, at = 0, start
    for letter in wanted:
        at = text.find(letter, at)
        if at < 0:
            return None
        score += _worth(text, at, positions)
        positions.append(at)
        at += 1
    return score - len(text) // 8, tuple(positions)


def _worth(text: str, at: int, positions: list[int]) -> int:
    if positions and positions[-1] == at - 1:
        return 6
    begins_word = at == 0 or not text[at - 1].isalnum()
    return 8 if begins_word else 1
