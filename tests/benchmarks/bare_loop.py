"""A plain torch loop, the way a person would write it, with nothing of ours installed.

A program: ``python bare_loop.py WORKLOAD`` (JSON of a `Workload`) builds the model, warms up and says
``ready``; then each line of stdin, a number of seconds, is answered by one JSON line:
``steps``, ``elapsed_s`` and ``median_s``. It imports torch alone.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

import torch
from torch import nn

_WARM_UP_S = 1.0


def _step(work: dict[str, object]) -> Callable[[], object]:
    layers, shape = work["layers"], work["shape"]
    assert isinstance(layers, list)
    model = nn.Sequential(*(eval(layer, {"nn": nn}) for layer in layers))
    x = torch.randn(shape)  # type: ignore[call-overload]
    if work["phase"] == "forward":
        torch.set_grad_enabled(False)
        return lambda: model(x)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    def train() -> None:
        optimizer.zero_grad()
        loss = model(x).mean()
        loss.backward()
        optimizer.step()

    return train


def _run(step: Callable[[], object], seconds: float) -> dict[str, float]:
    durations = []
    start = now = time.perf_counter()
    while now - start < seconds:
        before = time.perf_counter()
        step()
        now = time.perf_counter()
        durations.append(now - before)
    return {"steps": len(durations), "elapsed_s": now - start, "median_s": statistics.median(durations)}


def main() -> None:
    """Serve runs until stdin closes."""
    work = json.loads(sys.argv[1])
    torch.manual_seed(0)
    torch.set_num_threads(work["threads"])
    step = _step(work)
    _run(step, _WARM_UP_S)
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(_run(step, float(line))), flush=True)


if __name__ == "__main__":
    main()
