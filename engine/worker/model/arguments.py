"""A layer's arguments checked against its signature, with errors that name the parameter."""

from __future__ import annotations

import inspect
import types
import typing
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from torch import nn

from engine.wire.layer_call import format_value
from engine.wire.problem import ProblemError
from engine.worker.model.torch_names import did_you_mean

Factory = Callable[..., Any]
_EMPTY = inspect.Parameter.empty
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def layer_parameters(factory: Factory) -> Optional[List[inspect.Parameter]]:
    """Return the parameters that ``factory`` takes, without self; None if they can't be read.

    A class whose ``__init__`` only passes ``*args, **kwargs`` on (``nn.LSTM``) has the parameters
    of the base class it passes them to, less those that it fills in itself.
    """
    try:
        parameters = list(inspect.signature(factory).parameters.values())
    except (TypeError, ValueError):
        return None
    if isinstance(factory, type) and factory.__init__ is nn.Module.__init__:  # type: ignore[misc]
        return []  # It says *args, and takes none.
    if isinstance(factory, type) and parameters and all(p.kind in _VARIADIC for p in parameters):
        inherited = _inherited_parameters(factory)
        if inherited is not None:
            return inherited
    return parameters


def _inherited_parameters(cls: type) -> Optional[List[inspect.Parameter]]:
    named = _overload_parameters(cls)
    for base in cls.__mro__[1:]:
        if named is not None:
            return named
        if "__init__" not in vars(base) or base is object:
            continue
        own = list(inspect.signature(vars(base)["__init__"]).parameters.values())[1:]
        if any(p.kind not in _VARIADIC for p in own):
            # RNNBase(mode, ...): the subclass says which it is, the person can't.
            return [p for p in own if p.name != "mode"]
    return named


def _overload_parameters(cls: type) -> Optional[List[inspect.Parameter]]:
    get_overloads = getattr(typing, "get_overloads", None)  # Python 3.11 and later.
    overloads = get_overloads(cls.__init__) if get_overloads else []  # type: ignore[misc]
    return list(inspect.signature(overloads[0]).parameters.values())[1:] if overloads else None


def check_arguments(
    target: str,
    parameters: Optional[Sequence[inspect.Parameter]],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    where: str,
) -> None:
    """Raise `ProblemError` for an unknown, missing, doubled or superfluous argument."""
    if parameters is None:
        return
    accepted = f"{target} takes {signature_text(parameters)}."
    names = [p.name for p in parameters if p.kind not in _VARIADIC and p.kind is not p.POSITIONAL_ONLY]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
    for name in kwargs:
        if name not in names and not takes_any:
            hint = f"{did_you_mean(name, names)} {accepted}".strip()
            raise ProblemError(f"{target} has no parameter {name!r}.", where, hint)
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(args) > len(positional) and not any(p.kind is p.VAR_POSITIONAL for p in parameters):
        count = f"{len(positional)} argument{'' if len(positional) == 1 else 's'} in order"
        raise ProblemError(f"{target} takes at most {count}, but gets {len(args)}.", where, accepted)
    filled = {p.name for p in positional[: len(args)]}
    doubled = sorted(filled & set(kwargs))
    if doubled:
        raise ProblemError(f"{target} gets {doubled[0]} twice: in order and by name.", where, accepted)
    missing = [
        p.name
        for p in parameters
        if p.default is _EMPTY and p.kind not in _VARIADIC and p.name not in filled and p.name not in kwargs
    ]
    if missing:
        what = f"{target} needs {_listed(missing)}."
        raise ProblemError(what, where, f"Write {missing[0]}=…. {accepted}")


def signature_text(parameters: Sequence[inspect.Parameter]) -> str:
    """Return the parameters as a person would write them; "no parameters" if there are none."""
    shown = [str(p.replace(annotation=_EMPTY)).replace(" = ", "=") for p in parameters]
    return ", ".join(shown) if shown else "no parameters"


def bound_arguments(
    parameters: Sequence[inspect.Parameter], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Dict[str, Any]:
    """Return each given argument under its parameter's name."""
    positional = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return {**dict(zip(positional, args, strict=False)), **kwargs}


def wrong_type(
    target: str,
    parameters: Sequence[inspect.Parameter],
    given: Mapping[str, Any],
    where: str,
) -> Optional[ProblemError]:
    """Return the problem with the first argument that its annotation excludes, or None.

    Only annotations made of bool, int, float and str are judged; all others may mean more.
    """
    for parameter in parameters:
        if parameter.name not in given:
            continue
        allowed = _simple_types(parameter.annotation)
        value = given[parameter.name]
        if allowed is None or _fits(value, allowed):
            continue
        wanted = " or ".join("None" if kind is type(None) else kind.__name__ for kind in allowed)
        what = f"{parameter.name} of {target} must be {wanted}, but {format_value(value)} is given."
        default = "" if parameter.default is _EMPTY else f" Its default is {parameter.default!r}."
        article = "an" if wanted[0] in "aeiou" else "a"
        return ProblemError(what, where, f"Give {parameter.name} {article} {wanted} value.{default}")
    return None


def _fits(value: Any, allowed: Sequence[type]) -> bool:
    if isinstance(value, bool):
        return bool in allowed or int in allowed
    if isinstance(value, int) and bool in allowed and value in (0, 1):
        return True
    return isinstance(value, tuple(allowed)) or (isinstance(value, int) and float in allowed)


_SIMPLE = {"bool": bool, "int": int, "float": float, "str": str, "None": type(None)}


def _simple_types(annotation: Any) -> Optional[Tuple[type, ...]]:
    if isinstance(annotation, str):
        if annotation not in _SIMPLE:
            return None
        annotation = _SIMPLE[annotation]
    union = typing.get_origin(annotation) in (Union, getattr(types, "UnionType", Union))
    members = typing.get_args(annotation) if union else (annotation,)
    return tuple(members) if all(member in _SIMPLE.values() for member in members) else None


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
