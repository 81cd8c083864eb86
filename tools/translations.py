"""Brings the translations up to date with the sources, and compiles them.

    python tools/translations.py [--check]

Texts come from ``gui/`` by way of lupdate into ``resources/translations/*.ts``, to be translated by
hand (or in Qt Linguist); lrelease makes the ``.qm`` that the application loads. ``--check`` writes
nothing and fails if a text lacks a translation.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import PySide6

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ROOT / "resources" / "translations"
TOOLS = Path(PySide6.__file__).parent


def main() -> int:
    """Update and compile, or check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    files = sorted(TRANSLATIONS.glob("*.ts"))
    missing = 0
    for file in files:
        texts = check(file) if arguments.check else update(file)
        missing += len(texts)
        for text in texts:
            print(f"{file.name}: not translated: {text!r}")
    return 1 if missing and arguments.check else 0


def update(file: Path) -> list[str]:
    """Bring one file up to date and compile it; return the texts that lack a translation."""
    extract(file)
    subprocess.run([TOOLS / "lrelease", "-silent", file, "-qm", file.with_suffix(".qm")], check=True)
    return untranslated(file)


def check(file: Path) -> list[str]:
    """Return the texts of the sources that ``file`` has no translation for; change nothing."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / file.name
        copy.write_bytes(file.read_bytes())
        extract(copy)
        return untranslated(copy)


def extract(file: Path) -> None:
    """Put all texts of the sources into ``file``, keeping its translations."""
    sources = [str(path) for path in sorted((ROOT / "gui").rglob("*.py"))]
    aliases = ["-tr-function-alias", "tr+=_tr"]
    # English needs nothing but its plurals.
    plural = ["-pluralonly"] if file.stem == "en" else []
    options = ["-silent", "-locations", "none", "-no-obsolete", "-target-language", file.stem]
    subprocess.run(
        [TOOLS / "lupdate", *options, *plural, *aliases, *sources, "-ts", file], check=True, cwd=ROOT
    )


def untranslated(file: Path) -> list[str]:
    """Return the texts in ``file`` whose translation is empty or marked unfinished."""
    texts = []
    for message in ElementTree.parse(file).getroot().iter("message"):
        translation = message.find("translation")
        if translation is None or translation.get("type") == "unfinished":
            texts.append(message.findtext("source", ""))
    return texts


if __name__ == "__main__":
    sys.exit(main())
