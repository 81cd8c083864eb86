"""A layer's arguments beside its signature: what a form shows, and what filling it in makes of the text.

Forms never call a layer: they work on the parsed text and on the signature that a worker read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from engine.wire.layer_call import LayerCall, format_value, parse_value
from engine.wire.problem import ProblemError


class Parameter(Protocol):
    """One parameter of a signature; `engine.host.inspection.ParameterInfo` is one.

    ``default`` is source text, None if an argument is required.
    """

    @property
    def name(self) -> str: ...
    @property
    def default(self) -> str | None: ...
    @property
    def keyword_only(self) -> bool: ...
    @property
    def variadic(self) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One line of a form. ``text`` is the source of the value in force: the given one or the default.

    ``is_given`` tells them apart; ``is_missing`` means required but absent. ``is_known`` is False
    for an argument that the signature has no place for.
    """

    name: str
    text: str
    is_given: bool
    is_missing: bool = False
    is_known: bool = True


def arguments(call: LayerCall, parameters: Sequence[Parameter]) -> tuple[Argument, ...]:
    """Return a line for each parameter in order, then for each argument without a parameter."""
    given = dict(zip(_positional_names(parameters), call.args, strict=False)) | dict(call.kwargs)
    known = [_argument(parameter, call, parameters, given) for parameter in parameters]
    names = {parameter.name for parameter in parameters if not parameter.variadic}
    strays = (
        {} if _takes_any_keyword(parameters) else {k: v for k, v in call.kwargs.items() if k not in names}
    )
    surplus = () if _positional_variadic(parameters) else _surplus(call, parameters)
    unknown = [(f"argument {index + 1}", value) for index, value in surplus] + list(strays.items())
    return (
        *known,
        *(Argument(name=name, text=format_value(v), is_given=True, is_known=False) for name, v in unknown),
    )


def with_argument(call: LayerCall, parameters: Sequence[Parameter], name: str, value: Any) -> LayerCall:
    """Return the call with one argument set. A value equal to the default is left out.

    It stays by position if it is so already, or if it is required and the next in line; else it is
    a keyword. For ``*args``, ``value`` is a sequence of all of them. Raises KeyError for a name that
    neither the signature nor the call has.
    """
    parameter = _parameter(parameters, name)
    if parameter is not None and parameter.variadic:
        return _with_variadic(call, parameters, parameter, value)
    if parameter is None and name not in call.kwargs and not _takes_any_keyword(parameters):
        raise KeyError(name)
    positional = _positional_names(parameters)
    can_be_left_out = len(call.args) <= len(positional)
    if parameter is not None and parameter.default == format_value(value) and can_be_left_out:
        return without_argument(call, parameters, name)
    index = positional.index(name) if name in positional else None
    is_next = index == len(call.args) and parameter is not None and parameter.default is None
    if index is not None and name not in call.kwargs and (index < len(call.args) or is_next):
        return replace(call, args=(*call.args[:index], value, *call.args[index + 1 :]))
    return replace(call, kwargs=_in_order({**call.kwargs, name: value}, parameters))


def without_argument(call: LayerCall, parameters: Sequence[Parameter], name: str) -> LayerCall:
    """Return the call with one argument left to its default; those behind it become keywords."""
    kwargs = {key: value for key, value in call.kwargs.items() if key != name}
    positional = _positional_names(parameters)
    index = positional.index(name) if name in positional else len(call.args)
    if index >= len(call.args):
        return replace(call, kwargs=kwargs)
    if len(call.args) > len(positional):
        # What goes on into *args has no names: the argument can't be left out, only written out.
        return call
    moved = dict(zip(positional[index + 1 :], call.args[index + 1 :], strict=False))
    return replace(call, args=call.args[:index], kwargs=_in_order({**moved, **kwargs}, parameters))


def _argument(
    parameter: Parameter, call: LayerCall, parameters: Sequence[Parameter], given: dict[str, Any]
) -> Argument:
    if parameter.variadic:
        values = _variadic_values(call, parameters, parameter)
        return Argument(name=parameter.name, text=format_value(values), is_given=bool(values))
    if parameter.name in given:
        return Argument(name=parameter.name, text=format_value(given[parameter.name]), is_given=True)
    return Argument(
        name=parameter.name,
        text=parameter.default or "",
        is_given=False,
        is_missing=parameter.default is None,
    )


def _variadic_values(call: LayerCall, parameters: Sequence[Parameter], parameter: Parameter) -> Any:
    if parameter is _positional_variadic(parameters):
        return call.args[len(_positional_names(parameters)) :]
    names = {other.name for other in parameters}
    return {name: value for name, value in call.kwargs.items() if name not in names}


def _with_variadic(
    call: LayerCall, parameters: Sequence[Parameter], parameter: Parameter, value: Any
) -> LayerCall:
    if parameter is _positional_variadic(parameters):
        return _with_positional_variadic(call, parameters, tuple(value))
    names = {other.name for other in parameters}
    own = {name: given for name, given in call.kwargs.items() if name in names}
    return replace(call, kwargs=own | dict(value))


def _with_positional_variadic(
    call: LayerCall, parameters: Sequence[Parameter], values: tuple[Any, ...]
) -> LayerCall:
    named = _positional_names(parameters)
    if not values:
        return replace(call, args=call.args[: len(named)])
    # Python reaches *args only through the parameters before it, so these are written by position.
    full = list(call.args[: len(named)])
    for name in named[len(full) :]:
        parameter = _parameter(parameters, name)
        if name not in call.kwargs and (parameter is None or parameter.default is None):
            raise ProblemError(f"{name} has no value yet.", hint=f"Set {name} first.")
        default = parameter.default if parameter else None
        full.append(call.kwargs[name] if name in call.kwargs else parse_value(default or "None"))
    kwargs = {name: value for name, value in call.kwargs.items() if name not in named}
    return replace(call, args=(*full, *values), kwargs=kwargs)


def _surplus(call: LayerCall, parameters: Sequence[Parameter]) -> list[tuple[int, Any]]:
    return list(enumerate(call.args))[len(_positional_names(parameters)) :]


def _positional_names(parameters: Sequence[Parameter]) -> list[str]:
    return [each.name for each in parameters if not each.keyword_only and not each.variadic]


def _positional_variadic(parameters: Sequence[Parameter]) -> Parameter | None:
    first = next((each for each in parameters if each.variadic), None)
    return None if first is None or _collects_keywords(first) else first


def _takes_any_keyword(parameters: Sequence[Parameter]) -> bool:
    variadic = [each for each in parameters if each.variadic]
    return len(variadic) > 1 or any(_collects_keywords(each) for each in variadic)


def _collects_keywords(parameter: Parameter) -> bool:
    # A signature tells *args and **kwargs apart; the description of it does so by name alone.
    return parameter.keyword_only or parameter.name.lstrip("*").endswith(("kwargs", "options", "keywords"))


def _parameter(parameters: Sequence[Parameter], name: str) -> Parameter | None:
    return next((each for each in parameters if each.name == name), None)


def _in_order(kwargs: dict[str, Any], parameters: Sequence[Parameter]) -> dict[str, Any]:
    order = {parameter.name: index for index, parameter in enumerate(parameters)}
    return dict(sorted(kwargs.items(), key=lambda item: order.get(item[0], len(order))))
