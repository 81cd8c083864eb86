"""Chart: the frame of every chart: title, legend, readout, message, menu and export."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QMessageBox,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.experiment.atomic_file import atomic_file
from engine.recording.table_csv import write_csv
from engine.wire.problem import ProblemError
from gui.charts.legend import Legend
from gui.charts.picture import image_of, png_of, svg_of
from gui.charts.readout import Readout
from gui.charts.redraw_clock import redraw_clock
from gui.theme.theme import Theme, current_theme, theme_notifier

_SMALLEST_IMAGE = QSize(240, 120)
_IMAGE = QSize(900, 400)

DataTable = tuple[Sequence[str], Iterable[Sequence[object]]]


class Chart(QFrame):
    """A titled chart. Subclasses put their drawing into ``body`` and implement the methods below.

    A chart holds the newest data it was given and draws it in `redraw`, called by the clock.
    """

    # A chart, hidden perhaps, is about to be saved: whoever feeds it hands on what it held back.
    data_wanted = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chart")
        self.setAccessibleName(title)
        self.title = title
        self.legend = Legend(is_horizontal=True)
        self.readout = Readout()
        self._legend_gave_way = False
        self.header = QHBoxLayout()
        self.body = QWidget()
        self._heading = QLabel(title)
        self._message = QLabel()
        self._is_stale = True
        self._build()
        theme_notifier().theme_changed.connect(self._follow_theme)

    # ---- for subclasses

    def redraw(self) -> None:
        """Draw the newest data. The GUI thread; must take a few ms."""
        raise NotImplementedError

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""

    def data_table(self) -> DataTable:
        """Return header and rows of all that the chart knows, units in the header."""
        raise NotImplementedError

    def set_title(self, title: str) -> None:
        """Show another title."""
        if title != self.title:
            self.title = title
            self._heading.setText(title)

    # ---- messages

    @property
    def message(self) -> str:
        """What stands in the chart's place; empty when there is something to see."""
        return self._message.text()

    def show_message(self, text: str) -> None:
        """Say why there is nothing to see and what to do; an empty text shows the chart."""
        if text != self._message.text():
            self._message.setText(text)
            self._message.setVisible(bool(text))
            self.body.setVisible(not text)
            self.legend.setVisible(not text)

    def set_readout(self, text: str) -> None:
        """Show the numbers at the cursor; the legend gives way where there is no room for both."""
        if text == self.readout.text():
            return
        self.readout.setText(text)
        if not text and self._legend_gave_way:
            self._legend_gave_way = False
            self.legend.setVisible(not self.message)
        elif text and self.legend.isVisible() and not self.readout.has_room:
            self._legend_gave_way = True
            self.legend.hide()

    # ---- redrawing

    def request_redraw(self) -> None:
        """Ask for a redraw on the next frame; a hidden chart asks when it is shown."""
        self._is_stale = True
        if self.isVisible():
            redraw_clock().request(self)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while hidden."""
        super().showEvent(event)
        if self._is_stale:
            redraw_clock().request(self)

    # ---- export

    def export_image(self, path: Path) -> None:
        """Save as SVG or PNG, by the path's suffix. Raises `ProblemError`."""
        self._catch_up()
        content = svg_of(self, self.title) if path.suffix.lower() == ".svg" else png_of(self)
        with atomic_file(path, "chart") as file:
            file.write(content)

    def copy_image(self) -> None:
        """Put a picture of the chart on the clipboard."""
        self._catch_up()
        QGuiApplication.clipboard().setImage(image_of(self))

    def export_data(self, path: Path) -> None:
        """Save the chart's data as CSV. Raises `ProblemError`."""
        self.data_wanted.emit()
        write_csv(path, *self.data_table())

    def context_actions(self, parent: QObject) -> list[QAction]:
        """Return the actions of the context menu."""
        copy = QAction(self.tr("Copy image"), parent)
        copy.triggered.connect(self.copy_image)
        image = QAction(self.tr("Save image…"), parent)
        image.triggered.connect(self._save_image)
        data = QAction(self.tr("Save data…"), parent)
        data.triggered.connect(self._save_data)
        return [copy, image, data]

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the chart's actions."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.context_actions(menu))
        menu.popup(event.globalPos())

    def _catch_up(self) -> None:
        """Draw what came while hidden; a chart that was never shown has no size yet either."""
        self.data_wanted.emit()
        if self.width() < _SMALLEST_IMAGE.width() or self.height() < _SMALLEST_IMAGE.height():
            self.resize(_IMAGE)
        self.ensurePolished()
        # Lays out what is inside, so that the drawing knows its width.
        self.grab()
        self.redraw()

    def _save_image(self) -> None:
        filters = self.tr("PNG image (*.png);;SVG drawing (*.svg)")
        name, chosen = QFileDialog.getSaveFileName(self, self.tr("Save image"), f"{self.title}.png", filters)
        if name:
            path = Path(name)
            if not path.suffix:
                path = path.with_suffix(".svg" if "svg" in chosen else ".png")
            self._try(lambda: self.export_image(path))

    def _save_data(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save data"), f"{self.title}.csv", self.tr("CSV table (*.csv)")
        )
        if name:
            self._try(lambda: self.export_data(Path(name)))

    def _try(self, save: object) -> None:
        try:
            save()  # type: ignore[operator]
        except ProblemError as error:
            QMessageBox.warning(self, self.title, str(error.problem))

    # ---- parts

    def _build(self) -> None:
        self._heading.setObjectName("chartTitle")
        self._heading.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.header.setContentsMargins(10, 6, 10, 0)
        self.header.setSpacing(14)
        self.header.addWidget(self._heading)
        self.header.addWidget(self.legend)
        self.header.addWidget(self.readout, 1)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.setMargin(16)
        self._message.hide()
        # The page shares out the room; what a chart shows must not change its size.
        for part in (self.body, self._message):
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        place = QGridLayout()
        place.setContentsMargins(0, 0, 0, 0)
        place.addWidget(self.body, 0, 0)
        place.addWidget(self._message, 0, 0)
        place.setRowStretch(0, 1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(2)
        layout.addLayout(self.header)
        layout.addLayout(place, 1)

    def _follow_theme(self, theme: Theme) -> None:
        self._colour_frame(theme)
        self.apply_theme(theme)
        self.request_redraw()

    def _colour_frame(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"#chart {{ background: {theme.chart_background}; border: 1px solid {theme.border};"
            f" border-radius: 6px; }}"
            f"#chartTitle {{ font-weight: 600; color: {theme.text}; background: transparent; }}"
        )
        self.readout.update()
        self._message.setStyleSheet(f"color: {theme.muted}; background: transparent;")

    def start_theme(self) -> None:
        """Take the theme in force; called at the end of a subclass's constructor."""
        self._colour_frame(current_theme())
        self.apply_theme(current_theme())
