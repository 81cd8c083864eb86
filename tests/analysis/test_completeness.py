from engine.analysis.profile_completeness import table_completeness
from engine.trace.event_table import Kind
from tests.analysis.small_tables import call, kernel, op, table_of


def test_that_on_a_cpu_launches_and_kernels_are_unknown_with_a_reason() -> None:
    found = table_completeness(table_of(op("aten::mm", 0, 10)))
    assert (found.events, found.launches, found.kernels, found.kernels_matched) == (1, None, None, None)
    assert "CPU" in found.reason


def test_that_a_launch_without_a_kernel_is_seen_to_be_missing() -> None:
    found = table_completeness(
        table_of(
            call("cudaLaunchKernel", 0, 5, correlation=1),
            call("cudaLaunchKernel", 10, 5, correlation=2),
            call("cudaDeviceSynchronize", 20, 5, correlation=3),
            kernel("gemm", 100, 50, correlation=2),
        )
    )
    assert (found.launches, found.launches_matched) == (2, 1)
    assert (found.kernels, found.kernels_matched) == (1, 1)
    assert found.reason == ""


def test_that_one_graph_launch_accounts_for_all_its_kernels() -> None:
    found = table_completeness(
        table_of(
            call("cudaGraphLaunch", 0, 5, correlation=1),
            kernel("a", 100, 50, correlation=1),
            kernel("b", 150, 50, correlation=1),
            kernel("stray", 200, 50, correlation=8),
            kernel("Memset (Device)", 300, 5, correlation=1, kind=Kind.MEMSET),
        )
    )
    assert (found.launches, found.launches_matched, found.kernels, found.kernels_matched) == (1, 1, 3, 2)


def test_that_kernels_without_any_runtime_call_are_counted_but_not_matched() -> None:
    found = table_completeness(table_of(kernel("a", 100, 50, correlation=1)))
    assert (found.launches, found.kernels, found.kernels_matched) == (None, 1, None)
    assert "runtime calls" in found.reason


def test_that_a_launch_seen_by_runtime_and_driver_is_one_launch() -> None:
    found = table_completeness(
        table_of(
            call("cudaLaunchKernel", 0, 9, correlation=1),
            call("cuLaunchKernel", 2, 5, correlation=1),
            kernel("gemm", 100, 50, correlation=1),
        )
    )
    assert (found.launches, found.launches_matched, found.kernels_matched) == (1, 1, 1)
