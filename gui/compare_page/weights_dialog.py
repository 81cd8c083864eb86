"""WeightsDialog: says where each tensor of a variant takes its values from."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from gui.compare_page.weight_links_model import SOURCE_COLUMN, WeightLinksModel
from gui.toolbar.choice_box import ChoiceBox

_SIZE = (640, 420)
_ROW_PX = 30


class WeightsDialog(QDialog):
    """A row for each tensor of the variant; its source is chosen in place."""

    def __init__(
        self, variant: str, baseline: str, model: WeightLinksModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.model = model
        self.setWindowTitle(self.tr("Weights of {0}").format(variant))
        self.resize(*_SIZE)
        self.view = QTreeView()
        self.view.setAccessibleName(self.windowTitle())
        self.view.setModel(model)
        self.view.setRootIsDecorated(False)
        self.view.setUniformRowHeights(True)
        self.view.setItemDelegateForColumn(SOURCE_COLUMN, _SourceDelegate(self.view))
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.AllEditTriggers)
        header = self.view.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._lay_out(baseline)

    @property
    def weights(self) -> dict[str, str]:
        """The person's links."""
        return dict(self.model.chosen)

    def _lay_out(self, baseline: str) -> None:
        text = self.tr(
            "Before the first step each tensor gets the values of a tensor of “{0}”. They are matched "
            "by name and shape, else by shape alone. Click a source to choose another."
        )
        note = QLabel(text.format(baseline))
        note.setWordWrap(True)
        note.setProperty("muted", True)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(12)
        layout.addWidget(note)
        layout.addWidget(self.view, 1)
        layout.addWidget(buttons)


class _SourceDelegate(QStyledItemDelegate):
    """A box of all tensors that fit, made when a cell is edited: there may be thousands."""

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        """Make the box."""
        box, model = ChoiceBox(parent), index.model()
        if isinstance(model, WeightLinksModel):
            for value, text in model.choices(index.row()):
                box.add_choice(value, text)
        box.chosen.connect(lambda _value: self.commitData.emit(box))
        return box

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Leave room for the box, so that nothing moves when it opens."""
        size: QSize = super().sizeHint(option, index)
        return size.expandedTo(QSize(0, _ROW_PX))

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        """Show the cell's value."""
        if isinstance(editor, ChoiceBox):
            editor.show_value(index.data(Qt.ItemDataRole.EditRole))

    def setModelData(
        self,
        editor: QWidget,
        model: QAbstractItemModel,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Take the chosen value."""
        if isinstance(editor, ChoiceBox):
            model.setData(index, editor.value, Qt.ItemDataRole.EditRole)
