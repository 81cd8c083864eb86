"""From a command line to its command, and from what goes wrong to an exit code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import assert_never

from engine.command_line.arguments import parse_arguments
from engine.command_line.exit_code import ExitCode
from engine.command_line.messages import say, say_problem
from engine.command_line.standard_streams import prepare_streams, printing
from engine.wire.problem import ProblemError

# Opens the window with a file or none; given by main.py, since the engine knows no window.
StartGui = Callable[[str | None], int]


def dispatch(arguments: Sequence[str], start_gui: StartGui) -> int:
    """Run the command that the arguments (without the program's name) ask for; return the exit code."""
    prepare_streams()
    code: int = ExitCode.COMPLETED
    try:
        with printing():
            code = _run_command(arguments, start_gui)
    except ProblemError as error:
        say_problem(error.problem)
        return ExitCode.BAD_INPUT
    except KeyboardInterrupt:
        say("Cancelled.")
        return ExitCode.CANCELLED
    return code


def _run_command(arguments: Sequence[str], start_gui: StartGui) -> int:
    parsed = parse_arguments(arguments)
    match parsed.command:
        case "gui":
            if parsed.file is not None and not Path(parsed.file).exists():
                raise ProblemError("There is no such file.", parsed.file, "Check the path. Commands: --help.")
            return start_gui(parsed.file)
        case "run":
            from engine.command_line.run_command import run_command

            return run_command(parsed)
        case "compare":
            from engine.command_line.compare_command import compare_command

            return compare_command(parsed)
        case "check":
            from engine.command_line.check_command import check_command

            return check_command(parsed)
        case "devices":
            from engine.command_line.devices_command import devices_command

            return devices_command(parsed.json)
        case "layers":
            from engine.command_line.layers_command import layers_command

            return layers_command(parsed.files, parsed.json)
        case "summary":
            from engine.command_line.summary_command import summary_command

            return summary_command(parsed.file, parsed.json)
        case "export":
            from engine.command_line.export_command import export_command

            return export_command(parsed.recording, parsed.trace, parsed.window)
        case other:
            assert_never(other)
