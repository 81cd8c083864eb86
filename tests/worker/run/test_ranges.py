"""Ranges around layers, as the real profiler sees them."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import suppress

import pytest
import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile

from engine.worker.run.ranges import LayerRanges
from engine.worker.run.window import on_all_threads


def names_in(model: nn.Module, *inputs: torch.Tensor) -> list[str]:
    """Profile one call with ranges and return the layer ranges, in order of time."""
    ranges = LayerRanges(model)
    profiler = profile(activities=[ProfilerActivity.CPU])
    ranges.install()
    profiler.start()
    model(*inputs)
    profiler.stop()
    ranges.remove()
    events = profiler.profiler.kineto_results.events()  # type: ignore[union-attr]
    return [e.name() for e in sorted(events, key=lambda e: e.start_ns()) if e.name().startswith("layer:")]


class Shared(nn.Module):
    """One module under two names, called by both of its parents."""

    def __init__(self) -> None:
        super().__init__()
        inner = nn.Linear(4, 4)
        self.first = nn.Sequential(inner)
        self.second = nn.Sequential(inner)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(x))


class Recursive(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Identity()

    def forward(self, x: torch.Tensor, depth: int = 2) -> torch.Tensor:
        return self.inner(self(x, depth - 1)) if depth else x


class OnThreads(nn.Module):
    """Two inner layers on two threads, of which the first to begin is the first to end."""

    def __init__(self) -> None:
        super().__init__()
        self.early, self.late = nn.Sequential(Waiting()), nn.Sequential(Waiting())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        early, late = self.early[0], self.late[0]
        first = threading.Thread(target=self.early, args=(x,))
        second = threading.Thread(target=self.late, args=(x,))
        first.start()
        assert early.is_called.wait(10)
        second.start()
        assert late.is_called.wait(10)
        early.may_return.set()
        first.join(10)
        late.may_return.set()
        second.join(10)
        return x


class Waiting(nn.Module):
    """Says that it was called, and returns when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.is_called, self.may_return = threading.Event(), threading.Event()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.is_called.set()
        assert self.may_return.wait(10)
        return x.sin()


class Replicating(nn.Module):
    """Calls a replica of a layer, as data parallel does."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner._replicate_for_data_parallel()(x)


class Catching(nn.Module):
    """Calls a layer that raises, and goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.failing = nn.Linear(3, 3)
        self.after = nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with suppress(RuntimeError):
            x = self.failing(x)
        return self.after(x)


def test_that_a_shared_module_goes_by_the_name_its_caller_knows() -> None:
    assert names_in(Shared(), torch.randn(2, 4)) == [
        "layer:",
        "layer:first",
        "layer:first.0",
        "layer:second",
        "layer:second.0",
    ]


def test_that_a_recursive_module_opens_a_range_for_each_call() -> None:
    assert Counter(names_in(Recursive(), torch.randn(2))) == {"layer:": 3, "layer:inner": 2}


def test_that_an_exception_a_layer_catches_leaves_the_ranges_in_order() -> None:
    assert names_in(Catching(), torch.randn(2, 4)) == ["layer:", "layer:failing", "layer:after"]


def test_that_each_thread_closes_the_ranges_that_it_opened() -> None:
    model = OnThreads()
    ranges = LayerRanges(model)
    profiler = profile(activities=[ProfilerActivity.CPU], experimental_config=on_all_threads())
    ranges.install()
    profiler.start()
    model(torch.randn(2))
    profiler.stop()
    ranges.remove()

    events = profiler.profiler.kineto_results.events()  # type: ignore[union-attr]
    if not any(event.name() == "layer:early" for event in events):
        pytest.skip("this torch profiles one thread only")
    ends = {event.name(): event.end_ns() for event in events if event.name().startswith("layer:")}
    paths = sorted(ends, key=lambda name: ends[name])
    assert paths == ["layer:early.0", "layer:early", "layer:late.0", "layer:late", "layer:"]


def test_that_a_replica_goes_by_its_originals_name() -> None:
    assert names_in(Replicating(), torch.randn(2)) == ["layer:", "layer:inner"]


def test_that_no_hook_stays_behind() -> None:
    model = nn.Sequential(nn.Linear(4, 4))
    names_in(model, torch.randn(2, 4))
    profiler = profile(activities=[ProfilerActivity.CPU])
    profiler.start()
    model(torch.randn(2, 4))
    profiler.stop()

    events = profiler.profiler.kineto_results.events()  # type: ignore[union-attr]
    assert not [e for e in events if e.name().startswith("layer:")]
