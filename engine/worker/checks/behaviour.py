"""Checks of what a call does: its output, its input, the samples of a batch, the rest of the program."""

from __future__ import annotations

from typing import Tuple

from engine.worker.checks.batch_sizes import BATCH_OF_ONE, EMPTY_BATCH
from engine.worker.checks.changed_inputs import CHANGED_INPUTS
from engine.worker.checks.check import Check
from engine.worker.checks.finite import NON_FINITE_OUTPUT
from engine.worker.checks.global_state import GLOBAL_STATE
from engine.worker.checks.kept_state import KEPT_STATE
from engine.worker.checks.mixing import MIXED_SAMPLES
from engine.worker.checks.modes import TRAIN_EVAL
from engine.worker.checks.randomness import RANDOM_IN_EVAL, UNSEEDED
from engine.worker.checks.strides import NON_CONTIGUOUS

CHECKS: Tuple[Check, ...] = (
    NON_FINITE_OUTPUT,
    TRAIN_EVAL,
    UNSEEDED,
    RANDOM_IN_EVAL,
    CHANGED_INPUTS,
    MIXED_SAMPLES,
    BATCH_OF_ONE,
    EMPTY_BATCH,
    NON_CONTIGUOUS,
    KEPT_STATE,
    GLOBAL_STATE,
)
