"""Step breakdowns as text."""

from __future__ import annotations

from io import StringIO

from engine.analysis.results import CPU_PARTS, DEVICE_PARTS, BreakdownPart, StepBreakdown
from engine.command_line.breakdown_table import print_breakdowns


def breakdown(wall_us: float, devices: int, **us: float) -> StepBreakdown:
    names = DEVICE_PARTS if devices else CPU_PARTS
    parts = tuple(BreakdownPart(name, us.get(name, 0.0)) for name in names)
    device = devices - 1 if devices else None
    basis = "device" if devices else "cpu"
    return StepBreakdown(basis=basis, steps=1, wall_us=wall_us, parts=parts, device=device, devices=devices)  # type: ignore[arg-type]


def printed(*breakdowns: tuple[str, StepBreakdown]) -> list[list[str]]:
    file = StringIO()
    print_breakdowns(breakdowns, file)
    return [line.split() for line in file.getvalue().splitlines() if line.strip()]


def test_that_each_part_that_took_time_has_a_row_with_time_and_share_of_each_variant() -> None:
    lines = printed(
        ("A", breakdown(10.0, 0, operators=6.0, other=4.0)), ("B", breakdown(20.0, 0, operators=20.0))
    )
    assert ["part", "A", "B"] in lines
    assert ["operators", "6.00", "µs", "60.0", "%", "20.0", "µs", "100", "%"] in lines
    assert ["Python", "and", "other", "4.00", "µs", "40.0", "%", "0", "µs", "0", "%"] in lines
    assert ["sum", "=", "wall", "time", "10.0", "µs", "100", "%", "20.0", "µs", "100", "%"] in lines
    assert not [line for line in lines if line[0] == "runtime"]


def test_that_on_a_device_the_hosts_parts_are_the_devices_idle_time() -> None:
    lines = printed(("A", breakdown(10.0, 3, kernel=6.0, operators=3.0, between_kernels=1.0)))
    assert ["idle,", "host", "in", "operators", "3.00", "µs", "30.0", "%"] in lines
    assert ["idle,", "work", "queued", "1.00", "µs", "10.0", "%"] in lines
    assert "on device 2, the busiest of 3" in " ".join(word for line in lines for word in line)


def test_that_what_a_cpu_cannot_have_is_absent_beside_a_device_not_zero() -> None:
    lines = printed(("A", breakdown(10.0, 1, kernel=10.0)), ("B", breakdown(10.0, 0, operators=10.0)))
    assert ["kernels", "10.0", "µs", "100", "%", "—"] in lines


def test_that_nothing_is_printed_of_nothing() -> None:
    assert printed() == []


def test_that_a_profile_without_steps_is_not_called_a_step() -> None:
    file = StringIO()
    print_breakdowns([("A", breakdown(10.0, 1, kernel=10.0))], file, has_steps=False)
    assert file.getvalue().startswith("The whole profile, which marks no step, by part")
