"""What a listener is told of a worker's message."""

from __future__ import annotations

from typing import assert_never

from engine.host.check_messages import CheckMade, ChecksEnded, ChecksListed
from engine.host.events import ModelsBuilt, RunEvent, RunProgress, RunWarned, StepsArrived, WindowArrived
from engine.host.messages import (
    EnvironmentMessage,
    Finished,
    Hello,
    Memory,
    MemoryProfileMessage,
    Message,
    Models,
    PeakMemory,
    Progress,
    Reply,
    SameWorkMessage,
    Steps,
    StepWorkMessage,
    Unusable,
    Warned,
    WindowMessage,
)
from engine.recording.recording import Recording


def announcement(message: Message, recording: Recording) -> RunEvent | None:
    """Return the event of a message that ``recording`` has taken in; None if there is nothing to tell."""
    match message:
        case Steps():
            return StepsArrived(count=recording.step_count)
        case WindowMessage():
            return WindowArrived(index=message.index)
        case Progress():
            return _progress(message)
        case Warned(problem=problem):
            return RunWarned(problem=problem)
        case Models():
            return ModelsBuilt()
        case Memory() | PeakMemory() | SameWorkMessage() | StepWorkMessage() | MemoryProfileMessage():
            return None
        case EnvironmentMessage() | Hello() | Unusable() | Reply() | Finished():
            return None
        case ChecksListed() | CheckMade() | ChecksEnded():
            return None
    assert_never(message)


def _progress(message: Progress) -> RunProgress:
    return RunProgress(
        stage=message.stage,
        text=message.text,
        steps=message.steps,
        total_steps=message.total_steps,
        fraction=message.fraction,
        seconds_left=message.seconds_left,
        profiling_share=message.profiling_share,
    )
