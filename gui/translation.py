"""Translation: the application in the person's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from engine.experiment.shipped import RESOURCES


class Translation(QTranslator):
    """Knows a text by its class, or, if that does not have it, by itself alone.

    Texts that stand outside of classes are extracted without a context, whatever context asks.
    """

    def translate(
        self, context: str, text: str, disambiguation: str | None = None, count: int = -1
    ) -> str | None:
        """Return the translation, or None."""
        found = super().translate(context, text, disambiguation, count)
        return found or super().translate("", text, disambiguation, count) or None


def load_translation(app: QCoreApplication, language: str) -> bool:
    """Speak ``language``, or the system's if empty. Return whether a translation was found.

    Without one it is English, which needs a file too: for its plurals.
    """
    locale = QLocale(language) if language else QLocale.system()
    QLocale.setDefault(locale)
    own = Translation(app)
    folder = str(RESOURCES / "translations")
    if not own.load(locale, "", "", folder, ".qm"):
        own.load("en.qm", folder)
        app.installTranslator(own)
        return False
    qt = QTranslator(app)
    if qt.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(qt)
    return app.installTranslator(own)
