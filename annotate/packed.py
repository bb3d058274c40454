"""Frozen values as JSON and back: fields in their order, without their names. Data, so that reading it runs nothing."""

from __future__ import annotations

import dataclasses
import hashlib
import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Any

from annotate.document import Claim, Event

_DIGITS = 4  # of a probability, as many as are written

Build = Callable[[Any], Any]


def pack(kind: Any, value: Any) -> Any:  # noqa: ANN401 - the kind says which
    """A value of `document.py` as lists, dicts, strings and numbers; ``kind`` is its type."""
    return _packer(kind)(value)


@cache
def _packer(kind: Any) -> Build:  # noqa: ANN401
    if _is_noun(kind):
        hints = typing.get_type_hints(kind)
        parts = [(name, _packer(hints[name])) for name in _fields(kind)]
        return lambda value: [build(getattr(value, name)) for name, build in parts]
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        (one,) = (_packer(part) for part in inner if part is not types.NoneType)
        return lambda value: None if value is None else one(value)
    if origin is tuple and inner[-1] is Ellipsis:
        each = _packer(inner[0])
        return lambda value: [each(one) for one in value]
    if origin is dict:
        of = _packer(inner[1])
        return lambda value: {key: of(one) for key, one in value.items()}
    if kind is float:
        return lambda value: round(float(value), _DIGITS)
    return lambda value: value


def _is_noun(kind: Any) -> bool:  # noqa: ANN401
    return dataclasses.is_dataclass(kind)


@cache
def _fields(kind: Any) -> tuple[str, ...]:  # noqa: ANN401
    return tuple(field.name for field in dataclasses.fields(kind))


def unpack(kind: Any, data: Any) -> Any:  # noqa: ANN401 - the kind says which
    """The value that was packed; ``kind`` is its type."""
    return _builder(kind)(data)


@cache
def _builder(kind: Any) -> Build:  # noqa: ANN401
    if _is_noun(kind):
        hints = typing.get_type_hints(kind)
        parts = [_builder(hints[name]) for name in _fields(kind)]
        return lambda data: kind(*[build(one) for build, one in zip(parts, data, strict=True)])
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        (one,) = (_builder(part) for part in inner if part is not types.NoneType)
        return lambda data: None if data is None else one(data)
    if origin is tuple and inner[-1] is Ellipsis:
        each = _builder(inner[0])
        return lambda data: tuple([each(one) for one in data])
    if origin is tuple:
        return tuple
    if origin is dict:
        of = _builder(inner[1])
        return lambda data: {key: of(one) for key, one in data.items()}
    return lambda data: data


def shape() -> str:
    """A digest of how the nouns are laid out: what was packed under another cannot be read."""
    seen: dict[str, list[str]] = {}

    def visit(kind: Any) -> None:  # noqa: ANN401
        if _is_noun(kind):
            hints = typing.get_type_hints(kind)
            seen[kind.__name__] = [f"{name}: {hints[name]}" for name in _fields(kind)]
            for hint in hints.values():
                visit(hint)
        for part in typing.get_args(kind):
            visit(part)

    visit(Claim)
    visit(Event)
    return hashlib.sha256(repr(sorted(seen.items())).encode()).hexdigest()[:16]
