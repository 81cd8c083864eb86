"""What the palette lists: layers, containers, and files that need attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from engine.experiment.model_node import Container
from engine.host.inspection import Catalog, CatalogLayer
from engine.wire.problem import Problem
from gui.palette.fuzzy_match import match_score


@dataclass(frozen=True, kw_only=True)
class PaletteEntry:
    """One row: a layer, a container, or a file with a problem (``file`` and ``problem`` set).

    ``adds_file``: not a layer, but the way to one's own.
    """

    name: str
    detail: str = ""
    layer: CatalogLayer | None = None
    container: Container | None = None
    file: Path | None = None
    problem: Problem | None = None
    adds_file: bool = False


@dataclass(frozen=True, kw_only=True)
class PaletteGroup:
    """A titled group of rows. ``is_own`` marks the person's own layers."""

    title: str
    entries: tuple[PaletteEntry, ...]
    is_own: bool = False


def palette_groups(
    catalog: Catalog | None, query: str, reading: Sequence[Path] = ()
) -> tuple[PaletteGroup, ...]:
    """Return the groups in the palette's order; while searching, one group with the best first.

    Files in ``reading`` have a row that says so until their layers are known.
    """
    layers = catalog.layers if catalog else ()
    problems = catalog.problems if catalog else {}
    own = tuple(_layer_entry(layer) for layer in layers if layer.file)
    waiting = tuple(PaletteEntry(name=file.name, detail=_tr("is being read…"), file=file) for file in reading)
    own = _problem_entries(problems) + own + waiting or (
        PaletteEntry(name=_tr("Add a Python file…"), detail=_tr("with layers of yours"), adds_file=True),
    )
    groups = [
        PaletteGroup(title=_tr("Your layers"), entries=own, is_own=True),
        PaletteGroup(title=_tr("Containers"), entries=_containers()),
        *_categories([layer for layer in layers if not layer.file]),
    ]
    if query.strip():
        return _best(groups, query)
    return tuple(groups)


def _best(groups: Sequence[PaletteGroup], query: str) -> tuple[PaletteGroup, ...]:
    scored = [(_score(entry, query), entry) for group in groups for entry in group.entries]
    ranked = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].name))
    if not ranked:
        return ()
    return (PaletteGroup(title=_tr("Found"), entries=tuple(entry for _, entry in ranked)),)


def _score(entry: PaletteEntry, query: str) -> float:
    layer = entry.layer or CatalogLayer(target="", name=entry.name, category="", doc=entry.detail)
    return match_score(layer, query)


def _categories(layers: Sequence[CatalogLayer]) -> list[PaletteGroup]:
    titles = dict.fromkeys(layer.category for layer in layers)
    return [
        PaletteGroup(
            title=title, entries=tuple(_layer_entry(layer) for layer in layers if layer.category == title)
        )
        for title in titles
    ]


def _layer_entry(layer: CatalogLayer) -> PaletteEntry:
    file = Path(layer.file) if layer.file else None
    detail = file.name if file else ""
    return PaletteEntry(name=layer.name, detail=detail, layer=layer, file=file, problem=layer.problem)


def _problem_entries(problems: dict[str, Problem]) -> tuple[PaletteEntry, ...]:
    return tuple(
        PaletteEntry(name=Path(file).name, detail=problem.what, file=Path(file), problem=problem)
        for file, problem in problems.items()
    )


def _containers() -> tuple[PaletteEntry, ...]:
    return (
        PaletteEntry(name="Sequential", detail=_tr("layers one after the other"), container="sequential"),
        PaletteEntry(name="Residual", detail=_tr("x + f(x)"), container="residual"),
        PaletteEntry(name="Parallel", detail=_tr("branches, summed or joined"), container="parallel"),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Palette", text)
