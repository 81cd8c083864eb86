"""torch.compile: one region with an honest name, and windows that compile nothing anew."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial

import pytest

torch = pytest.importorskip("torch")

from engine.analysis.layer_rows import layer_rows  # noqa: E402
from engine.analysis.layer_work import LayerWorks  # noqa: E402
from engine.analysis.results import LayerRow  # noqa: E402
from engine.trace.built_model import BuiltLayer, BuiltModel  # noqa: E402
from tests.attribution.cases import Case  # noqa: E402
from tests.attribution.owners import measured_in  # noqa: E402
from tests.attribution.profiled_windows import STEPS, Profiled, Windows, profiled  # noqa: E402

# Of its own ways torch.compile warns at every turn.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

LEAST_SHARE = 0.95
REGIONS = {
    "wrapped": "m.inner._orig_mod",
    "torch's own": "m.inner",
    "in place": "m.inner",
    "forward": "m.inner",
    "function": "m",
}
needs_compiler = pytest.mark.skipif(
    not (shutil.which("g++") or shutil.which("c++")), reason="inductor needs a C++ compiler"
)


@pytest.fixture(autouse=True)
def _fresh_compiler() -> Iterator[None]:
    is_tracked = torch.is_grad_enabled()
    torch.compiler.reset()
    yield
    torch.set_grad_enabled(is_tracked)
    torch.compiler.reset()


def rows_of(window: Profiled, is_compiled: bool = False) -> dict[str, LayerRow]:
    layers = tuple(BuiltLayer(path=path, type="Layer") for path in window.paths)
    model = BuiltModel(name="subject", layers=layers, is_compiled=is_compiled)
    rows = layer_rows(model, window.costs.sums, STEPS, LayerWorks(model, None))
    return {row.path: row for row in rows if row.kind == "layer"}


@pytest.mark.parametrize(
    ("phase", "backend"),
    [
        ("forward", "aot_eager"),
        ("backward", "aot_eager"),
        ("training", "aot_eager"),
        pytest.param("training", "inductor", marks=needs_compiler),
    ],
)
def test_that_a_compiled_model_is_one_region_named_by_the_whole(
    monkeypatch: pytest.MonkeyPatch, backend: str, phase: str
) -> None:
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend=backend))
    window = profiled(Case("a compiled model", "plain.py:Nested()"), phase, compile=True)
    rows = rows_of(window, is_compiled=True)

    assert window.attributed_share >= LEAST_SHARE
    assert {row.compiled_region for row in rows.values()} == {""}
    assert rows[""].forward_us > 0
    assert (rows[""].backward_us > 0) == (phase != "forward")
    assert [path for path, row in rows.items() if not row.is_in_region] == [""]


@pytest.mark.parametrize(
    ("way", "backend"),
    [
        *((way, "aot_eager") for way in REGIONS),
        pytest.param("wrapped", "inductor", marks=needs_compiler),
    ],
)
def test_that_a_part_that_is_compiled_is_a_region_beside_layers(way: str, backend: str) -> None:
    window = profiled(Case(way, f'compiled.py:Compiled("{way}", "{backend}")'), "backward")
    rows = rows_of(window)
    region = rows[REGIONS[way]]

    assert window.attributed_share >= LEAST_SHARE
    assert region.compiled_region == REGIONS[way]
    assert min(region.forward_us, region.backward_us) > 0
    graphs = {"CompiledFunction", "CompiledFunctionBackward"}
    owners = {owner for row, owner in measured_in(window) if window.table.name_of(row) in graphs}
    assert owners == {REGIONS[way]}
    assert {row.compiled_region for path, row in rows.items() if path.startswith("m.plain")} == {None}
    assert min(rows["m.plain.0"].forward_us, rows["m.plain.0"].backward_us) > 0
    inside = {path for path, row in rows.items() if row.is_in_region}
    assert all(path.startswith(f"{REGIONS[way]}.") for path in inside)
    assert ("m.inner.layers.0" in inside) == (way in ("in place", "forward"))


@pytest.mark.parametrize("way", REGIONS)
def test_that_windows_compile_nothing_and_leave_steps_as_they_were(way: str) -> None:
    windows = Windows(Case(way, f'compiled.py:Compiled("{way}", "aot_eager")'), "backward")
    graphs = dict(torch._dynamo.utils.counters["stats"])

    for _ in range(3):
        window = windows.next()
        names = [window.table.name_of(row) for row in range(len(window.table))]
        # One graph a step: a second one would be the hooks', compiled.
        assert sum(name.startswith("Torch-Compiled Region") for name in names) == STEPS
        assert not [name for name in names if "compile_attempt" in name or "frame_compile" in name]

    windows.step()
    assert dict(torch._dynamo.utils.counters["stats"]) == graphs
