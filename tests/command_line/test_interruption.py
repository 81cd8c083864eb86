import signal

import pytest

from engine.command_line.interruption import Interruption


class Run:
    def __init__(self) -> None:
        self.calls: list[str] = []

    def stop(self) -> None:
        self.calls.append("stop")

    def kill(self) -> None:
        self.calls.append("kill")


def test_that_ctrl_c_first_stops_then_kills_then_leaves(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run()
    before = signal.getsignal(signal.SIGINT)
    with Interruption(run):
        signal.raise_signal(signal.SIGINT)
        assert run.calls == ["stop"]
        assert "again to kill" in capsys.readouterr().err
        signal.raise_signal(signal.SIGINT)
        assert run.calls == ["stop", "kill"]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_that_a_request_to_terminate_stops_the_run_too() -> None:
    run = Run()
    with Interruption(run):
        signal.raise_signal(signal.SIGTERM)
    assert run.calls == ["stop"]


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no SIGHUP")
def test_that_a_closed_terminal_stops_the_run_unless_it_was_started_with_nohup() -> None:
    run = Run()
    with Interruption(run):
        signal.raise_signal(signal.SIGHUP)
    assert run.calls == ["stop"]
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interruption(run):
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
    assert run.calls == ["stop"]
