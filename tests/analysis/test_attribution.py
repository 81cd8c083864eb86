import numpy as np

from engine.analysis.attribution import attribute, attribute_fully
from engine.trace.event_table import EventTable, Kind, PhaseId
from tests.analysis.small_tables import Event, call, kernel, op, span, table_of

NODE = "autograd::engine::evaluate_function: "


def layer_of(table: EventTable, name: str) -> str | None:
    """Return the layer path of the only event of a name; None is no layer."""
    (row,) = np.flatnonzero(table.name == table.names.index(name))
    return table.layers[table.layer[row]] if table.layer[row] >= 0 else None


def training_step() -> EventTable:
    return attribute(
        table_of(
            span("ProfilerStep#4", 0, 2000),
            span("phase:forward", 0, 300),
            span("layer:", 5, 290),
            op("aten::outside", 6, 3),
            span("layer:a", 10, 100),
            op("aten::peek", 15, 10, sequence=7),
            op("aten::linear", 30, 50, sequence=7),
            op("aten::addmm", 40, 20),
            span("layer:b", 150, 100),
            op("aten::relu", 160, 20, sequence=8),
            span("phase:loss", 310, 80),
            op("aten::mean", 320, 20, sequence=9),
            span("phase:backward", 400, 500),
            op("aten::ones_like", 405, 10),
            op(NODE + "MeanBackward0", 420, 20, sequence=9, forward_thread=1, thread=2),
            op("aten::div", 425, 5, thread=2),
            op(NODE + "ReluBackward0", 450, 50, sequence=8, forward_thread=1, thread=2),
            op("aten::threshold_backward", 460, 10, thread=2),
            op(NODE + "AddmmBackward0", 520, 50, sequence=7, forward_thread=1, thread=2),
            op("aten::mm", 530, 10, thread=2),
            op(NODE + "torch::autograd::AccumulateGrad", 600, 50, thread=2),
            span("layer:a", 610, 30, thread=2),
            op("aten::add_", 615, 10, thread=2),
            span("phase:optimizer", 1000, 300),
            op("aten::_foreach_add_", 1010, 30),
            layers=("", "a", "b"),
        )
    )


def test_that_a_forward_op_belongs_to_the_innermost_range_around_it() -> None:
    table = training_step()
    assert layer_of(table, "aten::outside") == ""
    assert layer_of(table, "aten::addmm") == "a"
    assert layer_of(table, "aten::relu") == "b"


def test_that_a_backward_op_and_all_beneath_it_belong_to_the_forward_ops_layer() -> None:
    table = training_step()
    assert layer_of(table, NODE + "ReluBackward0") == "b"
    assert layer_of(table, "aten::threshold_backward") == "b"
    assert layer_of(table, "aten::mm") == "a"


def test_that_gradient_accumulation_belongs_to_the_layer_whose_range_is_in_it() -> None:
    table = training_step()
    assert layer_of(table, "aten::add_") == "a"
    assert layer_of(table, NODE + "torch::autograd::AccumulateGrad") == "a"


def test_that_gradient_accumulation_without_a_range_follows_the_node_that_brought_the_gradient() -> None:
    table = attribute(
        table_of(
            span("layer:norm", 0, 100),
            op("aten::layer_norm", 10, 10, sequence=3),
            op(NODE + "torch::autograd::AccumulateGrad of nobody", 250, 10),
            op(NODE + "LayerNormBackward0", 300, 10, sequence=3, forward_thread=1),
            op(NODE + "torch::autograd::AccumulateGrad", 320, 10),
            op("aten::first", 322, 1),
            op(NODE + "torch::autograd::AccumulateGrad", 340, 10),
            op("aten::second", 342, 1),
            op(NODE + "torch::autograd::AccumulateGrad", 360, 10, thread=2),
            op("aten::other thread", 362, 1, thread=2),
            op(NODE + "Unknown", 380, 10),
            op(NODE + "torch::autograd::AccumulateGrad", 400, 10),
            op("aten::after unknown", 402, 1),
        )
    )
    assert layer_of(table, "aten::first") == layer_of(table, "aten::second") == "norm"
    assert layer_of(table, "aten::other thread") is None
    assert layer_of(table, "aten::after unknown") is None


def test_that_loss_and_optimizer_belong_to_no_layer() -> None:
    table = training_step()
    for name in ("aten::mean", "aten::div", "aten::_foreach_add_", "aten::ones_like"):
        assert layer_of(table, name) is None


def test_that_the_first_gradient_and_the_losss_backward_ops_are_the_losss() -> None:
    attributed = attribute_fully(training_step())
    table = attributed.table
    marked = {table.name_of(int(row)) for row in np.flatnonzero(attributed.is_loss & (table.kind == Kind.OP))}
    assert marked == {"aten::mean", "aten::ones_like", NODE + "MeanBackward0", "aten::div"}


def test_that_phases_hold_on_autograds_own_thread() -> None:
    table = training_step()
    phases = {table.name_of(row): PhaseId(table.phase[row]) for row in range(len(table))}
    assert phases["aten::addmm"] == PhaseId.FORWARD
    assert phases["aten::mean"] == PhaseId.LOSS
    assert phases["aten::mm"] == PhaseId.BACKWARD
    assert phases["aten::_foreach_add_"] == PhaseId.OPTIMIZER
    assert phases["ProfilerStep#4"] == PhaseId.FORWARD


def test_that_every_event_knows_its_step() -> None:
    assert set(training_step().step.tolist()) == {4}


def test_that_of_equal_sequence_numbers_the_last_op_to_start_made_the_node() -> None:
    table = attribute(
        table_of(
            span("layer:first", 0, 100),
            op("aten::detach", 10, 10, sequence=3),
            span("layer:second", 100, 100),
            op("aten::mul", 110, 10, sequence=3),
            op("MulBackward0", 300, 10, sequence=3, forward_thread=1),
        )
    )
    assert layer_of(table, "MulBackward0") == "second"


def test_that_equal_sequence_numbers_of_other_threads_do_not_count() -> None:
    table = attribute(
        table_of(
            span("layer:mine", 0, 100),
            op("aten::mul", 10, 10, sequence=3),
            span("layer:other", 50, 100, thread=2),
            op("aten::add", 60, 10, sequence=3, thread=2),
            op("MulBackward0", 300, 10, sequence=3, forward_thread=1),
        )
    )
    assert layer_of(table, "MulBackward0") == "mine"


def test_that_a_layer_run_again_in_the_backward_pass_keeps_its_ops() -> None:
    table = attribute(
        table_of(
            span("phase:backward", 0, 1000),
            op("CheckpointBackward", 10, 500, sequence=2, forward_thread=1),
            span("layer:again", 20, 100),
            op("aten::recomputed", 30, 10, sequence=1),
            op("aten::recomputed gradient", 200, 10, sequence=1, forward_thread=1),
        )
    )
    assert layer_of(table, "aten::recomputed") == "again"
    assert layer_of(table, "aten::recomputed gradient") == "again"


def test_that_kernels_follow_the_op_that_launched_them_however_late() -> None:
    table = attribute(
        table_of(
            span("ProfilerStep#0", 0, 100),
            span("phase:forward", 0, 100),
            span("layer:a", 0, 50),
            op("aten::mm", 10, 20, correlation=5),
            call("cudaLaunchKernel", 15, 5, correlation=90, linked=5),
            kernel("gemm", 5000, 700, correlation=90, linked=5),
        )
    )
    assert layer_of(table, "gemm") == "a"
    assert layer_of(table, "cudaLaunchKernel") == "a"
    assert table.parent.tolist() == [-1, 0, 1, 2, 3, 3]
    assert table.phase[-1] == PhaseId.FORWARD
    assert table.step[-1] == 0


def test_that_kernels_without_an_op_follow_the_runtime_call() -> None:
    table = attribute(
        table_of(
            span("layer:a", 0, 50),
            call("cudaGraphLaunch", 15, 5, correlation=90),
            kernel("first", 5000, 10, correlation=90),
            kernel("second", 5010, 10, correlation=90),
            kernel("from nowhere", 5020, 10, correlation=91),
        )
    )
    assert layer_of(table, "first") == layer_of(table, "second") == "a"
    assert layer_of(table, "from nowhere") is None
    assert table.parent[-1] == -1


def test_that_runtime_calls_on_a_thread_of_their_own_follow_the_op_they_are_linked_to() -> None:
    table = attribute(
        table_of(
            span("layer:a", 0, 50),
            op("aten::mm", 10, 20, correlation=5),
            call("cuLaunchKernel", 15, 5, correlation=90, linked=5, thread=99),
        )
    )
    assert layer_of(table, "cuLaunchKernel") == "a"


def test_that_op_ids_that_begin_again_in_a_second_profile_lead_to_the_right_op() -> None:
    def session(layer: str, start: int) -> list[Event]:
        return [
            span(f"layer:{layer}", start, 50),
            op("aten::mm", start + 10, 20, correlation=5),
            call("cudaLaunchKernel", start + 15, 5, correlation=start + 90, linked=5),
            kernel(f"gemm of {layer}", start + 200, 10, correlation=start + 90, linked=5),
        ]

    early = kernel("before all", -10, 5, correlation=1, linked=5)
    table = attribute(table_of(*session("second", 1000), *session("first", 0), early))
    assert layer_of(table, "gemm of first") == "first"
    assert layer_of(table, "gemm of second") == "second"
    assert layer_of(table, "before all") is None


def test_that_layers_that_only_ranges_know_are_added_behind_the_known() -> None:
    table = attribute(table_of(span("layer:new", 0, 10), op("aten::add", 1, 2), layers=("", "known")))
    assert table.layers == ("", "known", "new")
    assert layer_of(table, "aten::add") == "new"


def test_that_a_trace_without_phase_ranges_still_tells_backward_and_optimizer() -> None:
    table = attribute(
        table_of(
            op("aten::mm", 0, 10, sequence=1),
            op(NODE + "MmBackward0", 20, 20, sequence=1, forward_thread=1),
            op("aten::t", 25, 5),
            span("Optimizer.step#SGD.step", 50, 20),
            op("aten::add_", 55, 5),
        )
    )
    assert table.phase.tolist() == [0, 3, 3, 4, 4]


def test_that_an_empty_table_stays_empty() -> None:
    assert len(attribute(table_of())) == 0


def test_that_a_gradient_of_a_gradient_belongs_to_the_layer_of_the_first() -> None:
    table = attribute(
        table_of(
            span("layer:outer", 0, 500),
            span("layer:outer.sine", 0, 50),
            op("aten::sin", 10, 10, sequence=1),
            op(NODE + "SinBackward0", 100, 50, sequence=1, forward_thread=1),
            op("aten::cos", 110, 10, sequence=2),
            op(NODE + "CosBackward0", 700, 50, sequence=2, forward_thread=1),
            op("aten::neg", 710, 10),
        )
    )
    assert layer_of(table, "aten::cos") == layer_of(table, "aten::neg") == "outer.sine"


def test_that_a_node_whose_number_a_hook_hid_belongs_to_the_function_in_it() -> None:
    table = attribute(
        table_of(
            span("layer:a", 0, 50),
            op("aten::sin", 10, 10, sequence=1),
            op(NODE + "SinBackward0", 100, 100),
            op("aten::clamp in a hook", 110, 10),
            op("SinBackward0", 130, 50, sequence=1, forward_thread=1),
        )
    )
    assert layer_of(table, "aten::clamp in a hook") == layer_of(table, NODE + "SinBackward0") == "a"


def test_that_gradients_accumulate_within_their_own_backward_pass() -> None:
    table = attribute(
        table_of(
            span("layer:outer", 0, 20),
            op("CheckpointFunction", 5, 10, sequence=1),
            span("layer:inner", 20, 20),
            op("aten::mul", 25, 10, sequence=2),
            op(NODE + "CheckpointFunctionBackward", 100, 100, sequence=1, forward_thread=1),
            op(NODE + "MulBackward0", 120, 10, sequence=2, forward_thread=1),
            op(NODE + "torch::autograd::AccumulateGrad", 140, 20),
            op("aten::within", 145, 5),
            op(NODE + "torch::autograd::AccumulateGrad", 210, 20),
            op("aten::after", 215, 5),
        )
    )
    assert layer_of(table, "aten::within") == "inner"
    assert layer_of(table, "aten::after") == "outer"


def test_that_ops_of_other_threads_belong_to_what_the_stepping_thread_waits_in() -> None:
    table = attribute(
        table_of(
            span("phase:forward", 0, 1000),
            span("layer:a", 10, 500),
            op("aten::parallel", 20, 100),
            op("aten::of a thread in it", 30, 20, thread=2),
            op("aten::of a thread of the layer", 110, 50, thread=3),
            op("aten::longer than the layer", 400, 200, thread=4),
            op("aten::before all", -50, 20, thread=5),
            span("layer:b", 200, 50, thread=6),
            op("aten::named", 210, 10, thread=6),
        )
    )
    assert layer_of(table, "aten::of a thread in it") == "a"
    assert layer_of(table, "aten::of a thread of the layer") == "a"
    assert layer_of(table, "aten::longer than the layer") is None
    assert layer_of(table, "aten::before all") is None
    assert layer_of(table, "aten::named") == "b"


def test_that_a_gradient_never_comes_before_what_it_is_of() -> None:
    table = attribute(
        table_of(
            op("MulBackward0", 0, 10, sequence=3, forward_thread=1),
            span("layer:later", 50, 50),
            op("aten::mul", 60, 10, sequence=3),
        )
    )
    assert layer_of(table, "MulBackward0") is None


def test_that_launches_that_lead_in_a_circle_end_all_the_same() -> None:
    table = attribute(
        table_of(
            call("cudaLaunchKernel", 0, 100, correlation=9, linked=1),
            op("aten::first", 10, 50, correlation=1),
            call("cudaLaunchKernel", 200, 100, correlation=8, linked=3, thread=2),
            op("aten::second", 210, 50, correlation=3, thread=2),
        )
    )
    assert layer_of(table, "aten::first") is None
