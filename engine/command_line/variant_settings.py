"""``--set "NAME: dtype=bfloat16 compile=on"``: settings of one variant that differ from the plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, get_args

from engine.experiment.checks import AUTOCAST_DTYPES
from engine.experiment.edits import replace_variant
from engine.experiment.experiment import Experiment
from engine.experiment.run_plan import DTYPES, Mode
from engine.wire.problem import ProblemError

_OPTION = "--set"
_FORM = 'Write --set "NAME: dtype=bfloat16 compile=on batch=64".'
_SWITCH = {"on": True, "off": False}


def with_settings(experiment: Experiment, texts: Sequence[str]) -> Experiment:
    """Return the experiment with each text's settings in its variant. Raises `ProblemError`."""
    for text in texts:
        number, settings = _split(text, experiment)
        variant = experiment.variants[number]
        overrides = replace(variant.overrides, **_parsed(settings))
        experiment = replace_variant(experiment, number, replace(variant, overrides=overrides))
    return experiment


def _split(text: str, experiment: Experiment) -> tuple[int, str]:
    """Return the variant that a text begins with, and the rest. A name may hold colons itself."""
    names = [variant.name for variant in experiment.variants]
    meant = [name for name in names if text.strip().startswith(f"{name}:")]
    if meant:
        name = max(meant, key=len)
        return names.index(name), text.strip()[len(name) + 1 :]
    name, colon, _ = text.partition(":")
    if not colon:
        raise ProblemError(f"{text!r} names no variant.", _OPTION, _FORM)
    near = get_close_matches(name.strip(), names, 1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise ProblemError(
        f"There is no variant {name.strip()!r}.", _OPTION, f"{hint}Variants: {', '.join(names)}."
    )


def _parsed(text: str) -> dict[str, Any]:
    parts = re.split(r"[\s,]+", text.strip())
    if parts == [""]:
        raise ProblemError("No setting is named.", _OPTION, _FORM)
    return dict(_setting(part) for part in parts if part)


def _setting(part: str) -> tuple[str, Any]:
    name, equals, value = part.partition("=")
    name = name.replace("-", "_")
    if name not in _READERS:
        near = get_close_matches(name, _READERS, 1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        known = ", ".join(_READERS)
        raise ProblemError(f"A variant has no setting {name!r}.", _OPTION, f"{hint}Settings: {known}.")
    if not equals or not value:
        raise ProblemError(f"The setting {name} has no value.", _OPTION, f"Write {name}=VALUE.")
    return name, _READERS[name](name, value)


def _one_of(choices: Sequence[str]) -> Callable[[str, str], str]:
    def read(name: str, value: str) -> str:
        if value not in choices:
            raise ProblemError(f"{value!r} is no {name}.", _OPTION, f"Choose from: {', '.join(choices)}.")
        return value

    return read


def _switch(name: str, value: str) -> bool:
    return _SWITCH[_one_of(tuple(_SWITCH))(name, value)]


def _size(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise ProblemError(f"{value!r} is no {name}.", _OPTION, "Write a whole number from 0 on.")
    return int(value)


_READERS: dict[str, Callable[[str, str], Any]] = {
    "dtype": _one_of(DTYPES),
    "autocast": _one_of(AUTOCAST_DTYPES),
    "mode": _one_of(get_args(Mode)),
    "channels_last": _switch,
    "compile": _switch,
    "device": lambda _name, value: value,
    "batch": _size,
}
