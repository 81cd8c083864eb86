"""``python -m tests.benchmarks [NAME ...]``: run the benchmarks, print a table, write bench.json.

Every module ``bench_NAME`` here with a function ``measure() -> Iterable[Measurement]`` is one benchmark.
Each runs in a process of its own: what one leaves behind must not slow the next.
Exit: 1 if a benchmark could not be run; a missed target is reported, not an error.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

from tests.benchmarks.bench_table import Measurement, print_table, write_json

_FOLDER = Path(__file__).parent
_LIMIT_S = 600
# Kineto announces every start and stop on stderr otherwise.
os.environ.setdefault("KINETO_LOG_LEVEL", "99")


def main() -> int:
    """Run the benchmarks named on the command line, or all."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as start_up; default: all")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), metavar="OUT")
    parser.add_argument("--here", action="store_true", help="in this process")
    arguments = parser.parse_args()
    names = arguments.names or sorted(path.stem[6:] for path in _FOLDER.glob("bench_*.py") if _is_one(path))
    rows: list[Measurement] = []
    failed = False
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        if arguments.here:
            rows += importlib.import_module(f"tests.benchmarks.bench_{name}").measure()
            continue
        found = _run_apart(name)
        failed |= found is None
        rows += found or [Measurement(name=name, measured=None, unit="", reference="it failed: see above")]
    if not arguments.here:
        print_table(rows)
    write_json(rows, arguments.json)
    return int(failed)


def _is_one(path: Path) -> bool:
    return path.stem != "bench_table"


def _run_apart(name: str) -> list[Measurement] | None:
    """Run one benchmark in a process of its own; None if it failed or took too long."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "rows.json"
        command = [sys.executable, "-m", "tests.benchmarks", name, "--here", "--json", str(out)]
        try:
            subprocess.run(command, check=True, timeout=_LIMIT_S, stdin=subprocess.DEVNULL)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            print(f"{name}: {error}", file=sys.stderr)
            return None
        known = {field.name for field in fields(Measurement)}
        rows = json.loads(out.read_text(encoding="utf-8"))["rows"]
        return [Measurement(**{key: row[key] for key in known}) for row in rows]


if __name__ == "__main__":
    sys.exit(main())
