"""MessageBar: messages above the work, newest first. It takes no focus and stops nothing."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.wire.problem import Problem
from gui.messages.message import Message, Offer
from gui.messages.message_strip import MessageStrip

# More would push the work off the window; the oldest go.
MESSAGE_LIMIT = 3


class MessageBar(QWidget):
    """Shows up to three messages; ``place_activated`` carries the ``where`` that was clicked."""

    place_activated = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strips: list[MessageStrip] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.hide()

    @property
    def messages(self) -> list[Message]:
        """What is shown, newest first."""
        return [strip.message for strip in self._strips]

    def show_message(self, message: Message) -> None:
        """Show a message in place of any about the same subject."""
        self.dismiss(message.subject)
        strip = MessageStrip(message, self)
        strip.closed.connect(lambda: self._remove(strip))
        strip.place_activated.connect(self.place_activated)
        self._strips.insert(0, strip)
        self._layout.insertWidget(0, strip)
        strip.show()
        for old in self._strips[MESSAGE_LIMIT:]:
            self._remove(old)
        self.show()

    def show_problem(self, problem: Problem, key: str = "", offer: Offer | None = None) -> None:
        """Show a problem as an error."""
        self.show_message(Message(problem=problem, key=key, offer=offer))

    def dismiss(self, subject: str) -> None:
        """Remove what is shown about a subject (a message's key), if anything."""
        for strip in [strip for strip in self._strips if strip.message.subject == subject]:
            self._remove(strip)

    def clear(self) -> None:
        """Remove all messages."""
        for strip in list(self._strips):
            self._remove(strip)

    def _remove(self, strip: MessageStrip) -> None:
        if strip in self._strips:
            self._strips.remove(strip)
            self._layout.removeWidget(strip)
            strip.hide()
            strip.deleteLater()
        self.setVisible(bool(self._strips))
