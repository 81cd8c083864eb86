"""What the detail of a row says, as rich text with links to layers and lines of files."""

from __future__ import annotations

from html import escape
from pathlib import Path

from engine.analysis.advice.advise import LEAST_SHARE
from engine.analysis.advice.results import Advice
from engine.analysis.units import format_share, format_us
from engine.trace.check_description import CheckDescription
from engine.trace.check_result import CheckResult, Finding
from engine.wire.problem import Problem
from gui.checks_page.check_entry import AdviceGiven, CheckEntry
from gui.checks_page.check_words import counts_text, group_name, name_text, note_text, status_word, tr
from gui.checks_page.variant_checks import VariantChecks
from gui.theme.theme import current_theme


class CheckText:
    """Rich text of one row; ``places`` are what its links, named by number, go to."""

    def __init__(self, entry: CheckEntry, base_directory: Path) -> None:
        self.places: list[str] = []
        self._entry = entry
        self._base_directory = base_directory
        self._parts: list[str] = []
        self._write()

    @property
    def html(self) -> str:
        """The text."""
        return "".join(self._parts)

    def _write(self) -> None:
        entry = self._entry
        self._add(f"<h3>{escape(entry.text if entry.kind == 'advice' else name_text(entry))}</h3>")
        if entry.advice is not None:
            self._write_advice(entry.advice)
        elif entry.problem is not None:
            self._write_problem(entry.problem)
        elif entry.result is not None:
            self._write_check(entry.result)
        else:
            self._write_summary(entry)

    def _write_check(self, check: CheckResult | CheckDescription) -> None:
        self._muted(f"{status_word(self._entry.status)} · {group_name(check.group)} · {self._entry.variant}")
        if isinstance(check, CheckResult):
            if check.status == "unavailable":
                self._section(tr("Why it could not be made"), check.reason)
            elif check.findings:
                self._heading(tr("Evidence"))
                self._list([self._finding(finding) for finding in check.findings])
                if check.reason:
                    self._muted(check.reason)
        self._section(tr("Why it matters"), check.why)
        self._section(tr("How to mend it"), check.mend)

    def _finding(self, finding: Finding) -> str:
        places = [self._layer_link(finding), f"<code>{escape(finding.op)}</code>" if finding.op else ""]
        if finding.file:
            places.append(self._file_link(finding.file, finding.line))
        place = " · ".join(place for place in places if place)
        text = escape(finding.what)
        if finding.saves_us is not None:
            saved = tr("Saves {0} a step").format(format_us(finding.saves_us))
            basis = f" ({finding.saves_basis.rstrip('.')})" if finding.saves_basis else ""
            text += f"<br><b>{escape(saved)}</b>{escape(basis)}"
        return f"{place}<br>{text}" if place else text

    def _layer_link(self, finding: Finding) -> str:
        if not (finding.layer or finding.parameter):
            return ""
        layer = finding.layer or finding.parameter.rpartition(".")[0]
        return self._link(finding.place, f"{self._entry.variant}: {layer}" if layer else self._entry.variant)

    def _file_link(self, file: str, line: int) -> str:
        path = Path(file)
        is_inside = path.is_absolute() and path.is_relative_to(self._base_directory)
        shown = str(path.relative_to(self._base_directory)) if is_inside else _short(path)
        where = f":{line}" if line else ""
        return self._link(f"{shown}{where}", f"{file}{where}")

    def _write_advice(self, advice: Advice) -> None:
        amount = tr("At most {0} a step") if advice.is_at_most else tr("{0} a step")
        share = tr("{0} of it").format(format_share(advice.saves_share))
        kinds = {
            "measured": tr("measured"),
            "estimated": tr("estimated"),
            "derived": tr("derived"),
        }
        saved = f"{amount.format(format_us(advice.saves_us))} · {share} · {kinds[advice.kind]}"
        place = self._link(advice.variant, advice.variant)
        if advice.layer:
            place += " · " + self._link(advice.layer, f"{advice.variant}: {advice.layer}")
        self._add(f"<p>{place}</p>")
        self._section(tr("What it would save"), saved)
        self._muted(tr("How that is known: {0}").format(advice.basis))
        self._section(tr("What was seen"), advice.text)
        if advice.evidence:
            self._list([escape(line) for line in advice.evidence])
        self._section(tr("What to do"), advice.what_to_do)

    def _write_problem(self, problem: Problem) -> None:
        self._muted(tr("The model could not be checked."))
        if problem.where:
            self._add(f"<p>{self._link(problem.where, problem.where)}</p>")
        if problem.hint:
            self._section(tr("What to do"), problem.hint)
        if problem.traceback:
            self._heading(tr("Details"))
            self._add(f"<pre>{escape(problem.traceback.strip())}</pre>")

    def _write_summary(self, entry: CheckEntry) -> None:
        checks = entry.checks
        if checks is not None and checks.results:
            self._muted(counts_text(checks.results))
        elif entry.given is not None:
            self._write_given(entry.given)
        else:
            self._muted(note_text(entry))
        if checks is not None and checks.outcome == "cancelled":
            self._add(f"<p>{escape(_stopped_text(checks))}</p>")

    def _write_given(self, given: AdviceGiven) -> None:
        if given.reason:
            self._section(tr("Why there is none"), given.reason)
            return
        if given.advice:
            self._muted(tr("What is worth changing, by the time that it saves. Savings overlap."))
        else:
            least = format_share(LEAST_SHARE)
            self._muted(tr("Nothing was found that would save {0} of a step or more.").format(least))
        if given.looked_at:
            self._heading(tr("What was looked at"))
            self._list([escape(what) for what in given.looked_at])

    # ---- pieces

    def _add(self, html: str) -> None:
        self._parts.append(html)

    def _heading(self, text: str) -> None:
        self._add(f"<h4>{escape(text)}</h4>")

    def _section(self, heading: str, text: str) -> None:
        self._heading(heading)
        self._add(f"<p>{escape(text)}</p>")

    def _muted(self, text: str) -> None:
        self._add(f'<p style="color:{current_theme().muted}">{escape(text)}</p>')

    def _list(self, items: list[str]) -> None:
        rows = "".join(f'<li style="margin-bottom:6px">{item}</li>' for item in items)
        self._add(f'<ul style="margin-left:-22px">{rows}</ul>')

    def _link(self, text: str, where: str) -> str:
        self.places.append(where)
        number = len(self.places) - 1
        return f'<a href="#{number}" style="color:{current_theme().accent}">{escape(text)}</a>'


def _stopped_text(checks: VariantChecks) -> str:
    if not checks.checks:
        return tr("Stopped before the first check.")
    return tr("Stopped: {0} of {1} checks were made.").format(len(checks.results), len(checks.checks))


def _short(path: Path) -> str:
    """Return a path outside of the project by its end: the rest is where packages lie."""
    return str(path) if len(path.parts) <= 4 else str(Path("…", *path.parts[-3:]))
