"""The columns of the memory page's tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication

from engine.analysis.memory_results import LiveBlock
from engine.analysis.units import format_bytes, format_count
from gui.memory_page.memory_entry import BlockEntry, OwnerEntry
from gui.memory_page.memory_words import kind_word, owner_word, phase_word
from gui.tables.column import Column


def owner_columns() -> tuple[Column[OwnerEntry], ...]:
    """Return the columns of the table by layer."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("MemoryPage", text)

    return (
        _text(tr("Layer"), "layer", lambda e: owner_word(e.row.kind, e.row.path), width=200),
        _text(tr("Variant"), "variant", lambda e: e.variant, width=118),
        _text(tr("Type"), "type", lambda e: e.row.type, width=100, is_shown=False),
        Column(
            title=tr("At the peak"),
            name="alive_bytes",
            value=lambda e: e.row.alive_bytes,
            text=lambda e: format_bytes(e.row.alive_bytes),
            share=lambda e: e.share,
            width=104,
            tip=tr("What it holds, without the layers inside, when the variant holds most; sums to the peak"),
        ),
        _bytes(
            tr("Own peak"),
            "peak_bytes",
            lambda e: e.row.peak_bytes,
            tr(
                "The most it holds at one time: parameters, their gradients and optimizer state, and what "
                "its operators allocated"
            ),
        ),
        _bytes(
            tr("With inner"),
            "peak_total_bytes",
            lambda e: e.row.peak_total_bytes,
            tr("The most it holds at one time, the layers inside included"),
        ),
        _bytes(
            tr("Forward"),
            "forward_allocated_bytes",
            lambda e: e.row.forward_allocated_bytes,
            tr("All that its operators allocated in a step, freed again or not; loss and optimizer too"),
        ),
        _bytes(
            tr("Backward"),
            "backward_allocated_bytes",
            lambda e: e.row.backward_allocated_bytes,
            tr("All that its operators allocated in the backward pass, freed again or not"),
        ),
    )


def block_columns() -> tuple[Column[BlockEntry], ...]:
    """Return the columns of the table of what is alive at the peak."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("MemoryPage", text)

    def owner(entry: BlockEntry) -> str:
        if entry.block is None:
            return tr("{0} smaller ones").format(format_count(entry.count))
        return owner_word(entry.block.owner, entry.block.path)

    def of_block(word: Callable[[LiveBlock], str]) -> Callable[[BlockEntry], str]:
        return lambda entry: "" if entry.block is None else word(entry.block)

    return (
        _text(tr("Layer"), "layer", owner, width=200),
        _text(tr("Variant"), "variant", lambda e: e.variant, width=118),
        _text(tr("Kind"), "kind", of_block(lambda block: kind_word(block.kind)), width=120),
        Column(
            title=tr("Size"),
            name="bytes",
            value=lambda e: e.size,
            text=lambda e: format_bytes(e.size),
            share=lambda e: e.share,
            width=104,
            tip=tr("The bar: its part of the peak"),
        ),
        _text(tr("Made in"), "phase", of_block(lambda block: phase_word(block.phase)), width=124),
        _text(tr("Made by"), "operator", of_block(lambda block: block.op), width=220),
    )


def _text(
    title: str, name: str, value: Callable[[Any], str], width: int, is_shown: bool = True
) -> Column[Any]:
    return Column(
        title=title, name=name, value=value, text=value, is_number=False, is_shown=is_shown, width=width
    )


def _bytes(title: str, name: str, value: Callable[[OwnerEntry], int], tip: str) -> Column[OwnerEntry]:
    return Column(
        title=title, name=name, value=value, text=lambda e: format_bytes(value(e)), width=88, tip=tip
    )
