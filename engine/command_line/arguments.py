"""The arguments of every command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TypeAlias

_STDOUT = Path("-")
COMMANDS = ("gui", "run", "compare", "check", "devices", "layers", "summary", "export")

_DESCRIPTION = "Profile PyTorch layers live: put them together, pick a device, run, see where the time goes."
_RUN_DESCRIPTION = """\
Run a project, or variants given here, and write the results.

LAYER is nn.Linear(10, 10), path/to/file.py:ClassName(args) or package.module:factory(args); several,
joined by ' | ', run in sequence. Arguments are literals; nothing is evaluated. SHAPE is 32x10.
Without PROJECT and --variant the shipped example runs: a custom linear layer against the built-in one.
A project runs the Python files it names: run only what you trust.

Several variants are compared with the baseline: the project's, or else the first. To hold a layer of your
own to the built-in one, name the built-in one: --baseline built-in --fail-if-slower 5 --fail-if-different.

Exit code: 0 completed, 1 the run failed, 2 bad input, 3 a --fail-if condition was met (or can't be told),
130 cancelled.
Ctrl+C stops the run and still writes what was asked for; a second Ctrl+C kills it."""

_CHECK_DESCRIPTION = """\
Check a layer, or every variant of a project, for the mistakes that custom layers really have.

LAYER is written as for run --variant: nn.Linear(10, 10), path/to/file.py:ClassName(args). Without --input
it is checked with inputs that it is found to take. The layers' code runs: check only what you trust.

Exit code: 0 no check failed (but for advice), 1 the checks could not be made, 2 bad input,
3 a check failed, 130 cancelled."""


_COMPARE_DESCRIPTION = """\
Compare B with A: how much faster or slower it is, and where the difference comes from.

Each is a recording (.layerscope) or a trace that torch.profiler wrote (.json, .json.gz, .json.zst). Variants
of one name are compared; name them with --variant-a and --variant-b where they have other names.

Exit code: 0 compared, 2 bad input, 3 B is slower than --fail-if-slower allows (or that can't be told)."""


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse a command line. ``gui`` may be left out. Exits with code 2 on a mistake."""
    parser = _parser()
    parsed = parser.parse_args(_with_command(list(arguments), parser))
    if parsed.command == "summary" and parsed.file is None:
        _take_file_from_json(parsed, parser)
    return parsed


def _take_file_from_json(parsed: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """``summary --json FILE``: the option's value is optional, so it took what was meant as the file."""
    if parsed.json is None or parsed.json == _STDOUT:
        parser.error("summary needs a FILE")
    parsed.file, parsed.json = parsed.json, _STDOUT


def _with_command(arguments: list[str], parser: argparse.ArgumentParser) -> list[str]:
    first = arguments[0] if arguments else ""
    if first in COMMANDS or first in ("-h", "--help", "--version"):
        return arguments
    near = get_close_matches(first, COMMANDS, 1)
    if near and "." not in first and not Path(first).exists():
        parser.error(f"there is no command and no file {first!r}; did you mean {near[0]!r}?")
    return ["gui", *arguments]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="layerscope", description=_DESCRIPTION)
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_gui(commands)
    _add_run(commands)
    _add_compare(commands)
    _add_check(commands)
    _add_devices(commands)
    _add_layers(commands)
    _add_summary(commands)
    _add_export(commands)
    return parser


class _ShowVersion(argparse.Action):
    """Looks the version up when it is asked for: that takes longer than all the rest of ``--help``."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        parser.exit(message=f"{parser.prog} {_version()}\n")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("layerscope")
    except PackageNotFoundError:
        import tomllib

        project = Path(__file__).resolve().parents[2] / "pyproject.toml"
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add_gui(commands: _Commands) -> None:
    gui = commands.add_parser("gui", help="open the window (the default)")
    gui.add_argument("file", nargs="?", metavar="FILE", help="a project, a recording or a trace to open")


def _add_run(commands: _Commands) -> None:
    run = commands.add_parser(
        "run",
        help="run layers and write the results",
        description=_RUN_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run.add_argument("project", nargs="?", type=Path, metavar="PROJECT", help="a project file (JSON)")
    run.add_argument(
        "--variant",
        action="append",
        default=[],
        metavar="NAME=LAYER",
        help="a model to run, instead of the project's; may be given several times",
    )
    run.add_argument(
        "--input",
        action="append",
        default=[],
        metavar="SHAPE",
        help="shape of an input, such as 32x10; once for each input of the model",
    )
    run.add_argument(
        "--set",
        action="append",
        default=[],
        metavar='"NAME: KEY=VALUE ..."',
        help="settings of one variant: dtype, autocast, mode, channels_last, compile, device, batch",
    )
    run.add_argument(
        "--sweep",
        metavar="PARAMETER=VALUES",
        help="run once for each value, such as batch=1..1024 or dtype=float32,bfloat16; project: its own",
    )
    run.add_argument("--device", metavar="D", help="cpu, cuda:0, xpu:0, mps, or auto")
    run.add_argument("--dtype", metavar="T", help="dtype of parameters and inputs, such as float32")
    run.add_argument("--phase", metavar="PHASE", help="forward, backward (forward + backward) or training")
    length = run.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, metavar="N", help="steps to time, per variant")
    length.add_argument("--seconds", type=float, metavar="S", help="seconds to run, all variants together")
    length.add_argument(
        "--until-stable", action="store_true", help="until every median is known within 1 %%, or for a minute"
    )
    run.add_argument(
        "--budget", type=float, metavar="PERCENT", help="share of the time that profiling may cost"
    )
    run.add_argument("--cache", metavar="C", help="warm, or cold: overwritten before each step")
    run.add_argument("--fresh-inputs", action="store_true", help="new input values before each step")
    run.add_argument(
        "--gradients", metavar="G", help="how gradients are cleared between steps: none, zero or keep"
    )
    run.add_argument("--threads", type=int, metavar="N", help="CPU threads for operators")
    run.add_argument("--seed", type=int, metavar="N", help="seed of parameters and inputs")
    run.add_argument("--baseline", metavar="NAME", help="the variant that the others are compared with")
    _add_fail_if_slower(run)
    run.add_argument(
        "--fail-if-different",
        action="store_true",
        help="exit with 3 if outputs or gradients of a variant are not equal to the baseline's,"
        " or can't be compared",
    )
    run.add_argument("--json", type=Path, metavar="OUT", help="write the results as JSON (- is stdout)")
    run.add_argument("--trace", type=Path, metavar="OUT", help="write a Chrome trace (.json or .json.gz)")
    run.add_argument("--recording", type=Path, metavar="OUT", help="keep the recording, for the window")
    run.add_argument("--quiet", action="store_true", help="no progress and no log, only errors and results")


def _add_fail_if_slower(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--fail-if-slower",
        type=float,
        metavar="PERCENT",
        help="exit with 3 if a variant's median step is longer than the baseline's by more than PERCENT with"
        " 95 %% confidence (the interval of their ratio lies above), or if that can't be told",
    )


def _add_compare(commands: _Commands) -> None:
    compare = commands.add_parser(
        "compare",
        help="compare two recordings or traces",
        description=_COMPARE_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    compare.add_argument("baseline", type=Path, metavar="A", help="the baseline")
    compare.add_argument("candidate", type=Path, metavar="B", help="what is compared with it")
    compare.add_argument("--variant-a", metavar="NAME", help="the variant of A")
    compare.add_argument("--variant-b", metavar="NAME", help="the variant of B")
    _add_fail_if_slower(compare)
    compare.add_argument("--json", type=Path, metavar="OUT", help="write the comparisons (- is stdout)")


def _add_check(commands: _Commands) -> None:
    check = commands.add_parser(
        "check",
        help="check layers for mistakes",
        description=_CHECK_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("model", metavar="PROJECT|LAYER", help="a project file (JSON), or a layer")
    check.add_argument(
        "--input",
        action="append",
        default=[],
        metavar="SHAPE",
        help="shape of an input, such as 32x10; once for each input of the model",
    )
    check.add_argument("--device", metavar="D", help="cpu, cuda:0, xpu:0, mps, or auto")
    check.add_argument("--dtype", metavar="T", help="dtype of parameters and inputs, such as float32")
    check.add_argument("--variant", metavar="NAME", help="the one variant of the project to check")
    check.add_argument(
        "--only", default="", metavar="CHECK,…", help="checks, or groups of them, by name; all by default"
    )
    check.add_argument("--json", type=Path, metavar="OUT", help="write the results as JSON (- is stdout)")
    check.add_argument("--quiet", action="store_true", help="no progress, only errors and results")


def _add_devices(commands: _Commands) -> None:
    devices = commands.add_parser("devices", help="list the devices that layers can run on")
    devices.add_argument("--json", action="store_true", help="as JSON")


def _add_layers(commands: _Commands) -> None:
    layers = commands.add_parser("layers", help="list the layers of torch.nn, or of Python files")
    layers.add_argument("files", nargs="*", type=Path, metavar="FILE.py", help="files to look into")
    layers.add_argument("--json", action="store_true", help="as JSON")


def _add_summary(commands: _Commands) -> None:
    summary = commands.add_parser("summary", help="sum up a trace that torch.profiler wrote")
    summary.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="a trace: .json, .json.gz or .json.zst"
    )
    summary.add_argument(
        "--json",
        nargs="?",
        const=_STDOUT,
        type=Path,
        metavar="OUT",
        help="also write the summary as JSON (- is stdout, as is no OUT)",
    )


def _add_export(commands: _Commands) -> None:
    export = commands.add_parser("export", help="write the trace of a recording")
    export.add_argument("recording", type=Path, metavar="RECORDING", help="a recorded run")
    export.add_argument("trace", type=Path, metavar="OUT", help="the trace to write (.json or .json.gz)")
    export.add_argument(
        "--window", type=int, metavar="N", help="one window only, counted from 0; all by default"
    )
