"""``python -m tests.benchmarks [NAME ...]``: run the benchmarks, print a table, write bench.json.

Every module ``bench_NAME`` here with a function ``measure() -> Iterable[Measurement]`` is one benchmark; its
``LIMIT_S``, if it has one, is the seconds it may take. Each runs in a process of its own: what one leaves
behind must not slow the next. Without names, all run: about half an hour, on a machine that does nothing
else. ``--show`` prints the table of a file that was written before, ``--markdown`` the README's.
Exit: 1 if a benchmark could not be run; a missed target is reported, not an error.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.bench_table import Measurement, print_table, read_json, write_json
from tests.benchmarks.machine import Machine, this_machine
from tests.benchmarks.markdown import markdown

_FOLDER = Path(__file__).parent
_LIMIT_S = 600
# Kineto announces every start and stop on stderr otherwise.
os.environ.setdefault("KINETO_LOG_LEVEL", "99")


def main() -> int:
    """Run the benchmarks named on the command line, or all; or show what was measured before."""
    arguments = _arguments()
    if arguments.show or arguments.markdown:
        rows, machine = read_json(arguments.json)
        _show(rows, machine, arguments.markdown)
        return 0
    machine = this_machine()
    names = arguments.names or sorted(path.stem.removeprefix("bench_") for path in _modules())
    if arguments.here:
        rows = [row for name in names for row in importlib.import_module(_module(name)).measure()]
        write_json(rows, machine, arguments.json)
        return 0
    found = {name: _run_apart(name) for name in names}
    rows = [row for name in names for row in found[name] or [_failed(name)]]
    _show(rows, machine, as_markdown=False)
    write_json(rows, machine, arguments.json)
    return int(None in found.values())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as start_up; default: all")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), metavar="FILE")
    parser.add_argument("--show", action="store_true", help="print the table of FILE, measure nothing")
    parser.add_argument("--markdown", action="store_true", help="print FILE as README's table")
    parser.add_argument("--here", action="store_true", help="in this process")
    return parser.parse_args()


def _modules() -> list[Path]:
    return [path for path in _FOLDER.glob("bench_*.py") if path.stem != "bench_table"]


def _module(name: str) -> str:
    return f"tests.benchmarks.bench_{name}"


def _show(rows: list[Measurement], machine: Machine, as_markdown: bool) -> None:
    if as_markdown:
        print(markdown(rows, machine))
    else:
        print_table(rows)
        print(machine.title)


def _failed(name: str) -> Measurement:
    return Measurement(name=name, measured=None, unit="", reference="it failed: see above")


def _run_apart(name: str) -> list[Measurement] | None:
    """Run one benchmark in a process of its own; None if it failed or took too long."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "rows.json"
        command = [sys.executable, "-m", "tests.benchmarks", name, "--here", "--json", str(out)]
        try:
            subprocess.run(command, check=True, timeout=_limit_s(name), stdin=subprocess.DEVNULL)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            print(f"{name}: {error}", file=sys.stderr)
            return None
        return read_json(out)[0]


def _limit_s(name: str) -> int:
    """Return a benchmark's ``LIMIT_S`` without importing it: this process stays small."""
    path = _FOLDER / f"bench_{name}.py"
    if not path.exists():
        return _LIMIT_S
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LIMIT_S":
            return int(ast.literal_eval(node.value))
    return _LIMIT_S


if __name__ == "__main__":
    sys.exit(main())
