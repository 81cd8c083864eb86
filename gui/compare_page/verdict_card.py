"""VerdictCard: one variant against the baseline, the verdict first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.analysis.comparison.results import Comparison, UnlikeCondition
from engine.trace.same_work import SameWork
from gui.compare_page.icon_text import IconText
from gui.compare_page.same_work_words import badge_words
from gui.compare_page.verdict_words import tr, verdict_words
from gui.theme.icons import pixmap
from gui.theme.theme import current_theme, theme_notifier

_ICON_PX = 22
# Headlines, in sizes of the usual text.
_LARGE, _SMALL = 1.7, 1.25
_LEAST_ROOM = 80
_BADGE_SHARE = 0.4
# What a person has to know of two that ran unlike; a longer list is a tooltip.
_MOST_CONDITIONS = 4


class VerdictCard(QFrame):
    """Names, what was unlike, the headline with its interval, medians, the work, warnings.

    Of several, all but the verdict is small. ``chosen``: the person wants to see this comparison below.
    """

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("verdictCard")
        self._comparison: Comparison | None = None
        self._stripe = QColor()
        self._is_choice = self._is_chosen = False
        self._words = verdict_words(None)
        self._look: tuple[str, ...] = ()
        self.names, self.icon, self.headline = QLabel(), QLabel(), QLabel()
        self.beside, self.interval, self.medians = QLabel(), QLabel(), QLabel()
        self.badge = IconText(wraps=False)
        self.unlike, self.warnings = IconText(), IconText()
        self._style_labels()
        self._lay_out()
        theme_notifier().theme_changed.connect(self._colour)
        self._colour()

    def show_comparison(self, comparison: Comparison, stripe: QColor) -> None:
        """Show another comparison, or newer numbers of the same one; ``stripe`` is the variant's colour."""
        self._comparison, self._stripe = comparison, stripe
        words, badge = verdict_words(comparison.ratio), badge_words(comparison.same_work)
        self.headline.setText(words.headline)
        self._words = words
        self._show_numbers()
        self.medians.setToolTip(tr("Medians of bare steps: those without the profiler"))
        self.badge.show_text(badge.text, badge.icon, badge.role)
        self.badge.setToolTip(_badge_tip(badge.text, comparison.same_work))
        self.unlike.show_text(unlike_text(comparison.unlike), "triangle-alert", "warning")
        self.unlike.setToolTip("\n".join(_condition(one) for one in comparison.unlike))
        # They are about numbers: before there are any, they would only alarm.
        warnings = comparison.warnings if comparison.ratio is not None else ()
        self.warnings.show_text("\n".join(warnings), "triangle-alert", "warning")
        self._show_names()
        self._describe(words.headline, words.interval, words.medians, badge.text)
        self._colour()

    def show_choice(self, is_choice: bool, is_chosen: bool) -> None:
        """Say whether there is a choice, and whether this is chosen."""
        self._is_choice, self._is_chosen = is_choice, is_chosen
        self._size_headline(_SMALL if is_choice else _LARGE)
        self.names.setVisible(not is_choice)
        self.beside.setVisible(is_choice)
        self._show_numbers()
        self._show_names()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_choice else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if is_choice else Qt.CursorShape.ArrowCursor)
        self._colour()

    # ---- Qt

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose this one."""
        if self._is_choice and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit()
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose this one by Space or Enter."""
        if self._is_choice and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the names to what there is room for."""
        super().resizeEvent(event)
        self._show_names()

    # ---- parts

    def _show_names(self) -> None:
        if self._comparison is None:
            return
        text = tr("{0} against {1}").format(self._comparison.variant, self._comparison.baseline)
        self.names.setText(self._elided(text, self.width() - 30))
        self.badge.fit(int(self.width() * _BADGE_SHARE))
        taken = self.icon.width() + self.headline.sizeHint().width() + self.badge.sizeHint().width()
        self.beside.setText(self._elided(text, self.width() - taken - 70))
        for label in (self.names, self.beside):
            label.setToolTip(text)

    def _elided(self, text: str, room: int) -> str:
        metrics = QFontMetrics(self.names.font())
        return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, max(_LEAST_ROOM, room))

    def _show_numbers(self) -> None:
        """In one line where there are other cards: this one leaves them room."""
        parts = (self._words.interval, self._words.medians)
        line = " · ".join(part for part in parts if part)
        self.interval.setText(line if self._is_choice else parts[0])
        self.medians.setText(parts[1])
        self.interval.setVisible(bool(self.interval.text()))
        self.medians.setVisible(bool(parts[1]) and not self._is_choice)

    def _describe(self, *parts: str) -> None:
        self.setAccessibleName(self.names.toolTip())
        self.setAccessibleDescription(". ".join(part for part in parts if part))

    def _size_headline(self, size: float) -> None:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * size)
        font.setBold(True)
        self.headline.setFont(font)

    def _style_labels(self) -> None:
        self._size_headline(_LARGE)
        for label in (self.names, self.beside, self.interval, self.medians):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.interval, self.medians):
            label.setWordWrap(True)
        for label in (self.names, self.interval, self.medians):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        # What has to be cut must not widen the card.
        self.beside.setMinimumWidth(1)
        self.badge.label.setMinimumWidth(1)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.icon)
        head.addWidget(self.headline)
        head.addWidget(self.beside)
        head.addStretch(1)
        head.addWidget(self.badge)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 9, 14, 10)
        layout.setSpacing(3)
        layout.addWidget(self.names)
        layout.addWidget(self.unlike)
        layout.addLayout(head)
        layout.addWidget(self.interval)
        layout.addWidget(self.medians)
        layout.addWidget(self.warnings)

    def _colour(self, *_: object) -> None:
        theme = current_theme()
        colour = getattr(theme, self._words.role)
        border = theme.accent if self._is_choice and self._is_chosen else theme.border
        look = (theme.name, self._words.icon, colour, border, self._stripe.name())
        # A stylesheet takes a millisecond, and numbers change many times a second.
        if look == self._look:
            return
        self._look = look
        self.icon.setPixmap(pixmap(self._words.icon, _ICON_PX, colour, self.devicePixelRatioF()))
        self.setStyleSheet(
            f"#verdictCard {{ background: {theme.chart_background}; border: 1px solid {border};"
            f" border-left: 3px solid {self._stripe.name()}; border-radius: 6px; }}"
            f"#verdictCard:focus {{ border-color: {theme.accent}; }}"
            " QLabel { background: transparent; }"
        )
        self.headline.setStyleSheet(f"color: {colour};")
        for label in (self.names, self.beside, self.medians):
            label.setStyleSheet(f"color: {theme.muted};")
        self.interval.setStyleSheet(f"color: {theme.text};")


def unlike_text(unlike: Sequence[UnlikeCondition]) -> str:
    """Return what differs beside the layers, in one line; empty for nothing."""
    if not unlike:
        return ""
    shown = "; ".join(_condition(one) for one in unlike[:_MOST_CONDITIONS])
    if len(unlike) > _MOST_CONDITIONS:
        shown = tr("{0}; and {1} more").format(shown, len(unlike) - _MOST_CONDITIONS)
    return tr("Unlike conditions: {0}").format(shown)


def _condition(one: UnlikeCondition) -> str:
    return tr("{0} {1} against {2}").format(one.name, one.variant or "—", one.baseline or "—")


def _badge_tip(text: str, same: SameWork | None) -> str:
    if same is None:
        return text
    return "\n".join(dict.fromkeys(part for part in (text, same.reason, *same.notes) if part))
