"""Frozen classes from JSON, which is read strictly, and their schema. The one file that imports pydantic.

What JSON may hold follows from the types of the fields; it knows no class by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from functools import cache
from types import GenericAlias, MappingProxyType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import pydantic
from pydantic import AfterValidator, BeforeValidator, ConfigDict, FailFast, TypeAdapter, ValidationError, WithJsonSchema

from resnet_dsl.ir.parameters import Argument

__all__ = ["ValidationError", "first_mistake", "read", "schema"]

_CLOSED = ConfigDict(extra="forbid", strict=True)

T = TypeVar("T")


def read(kind: type[Any], text: str | bytes, check: Callable[[Any], T]) -> T:
    """The record in a JSON text, when ``check``, which may raise ValueError, has let it pass.

    Raises ValidationError, which is a ValueError; of a long row it holds the first mistake only.
    """
    found: T = _reader(kind, check).validate_json(text)  # type: ignore[arg-type]  # a class can be hashed
    return found


@cache
def _reader(kind: type[Any], check: Callable[[Any], Any]) -> TypeAdapter[Any]:
    form: Any = Annotated[_form(kind), AfterValidator(check)]
    return TypeAdapter(form)


def schema(kind: type[Any]) -> dict[str, Any]:
    """The JSON Schema of what ``resnet_dsl.ir.written.write`` makes of such a record."""
    return TypeAdapter(_form(kind)).json_schema(mode="serialization")


def first_mistake(found: ValidationError) -> str:
    """In words, with its place: ``nodes.3.args: …``."""
    error = found.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, error["loc"][:6]))
    return f"{place}: {error['msg']}" if place else error["msg"]


def _form(kind: type[Any]) -> Any:
    """A record's form in JSON: an object of its fields and no others."""
    types = get_type_hints(kind)
    form: Any = {one.name: (_form_of(types[one.name]), _default(one)) for one in fields(kind)}
    model = pydantic.create_model(kind.__name__, __doc__=kind.__doc__, __config__=_CLOSED, **form)
    return Annotated[model, AfterValidator(lambda found: kind(**vars(found)))]


def _form_of(kind: Any) -> Any:
    """The form of a field by its type. A whole number is an index, and a mapping is what an operation is given."""
    if get_origin(kind) is tuple:
        item = get_args(kind)[0]
        return Annotated[GenericAlias(tuple, (item if item is int else _form(item), ...)), FailFast()]
    if get_origin(kind) is Mapping:
        return Annotated[Any, BeforeValidator(_arguments), WithJsonSchema({"type": "object"})]
    return Annotated[int, pydantic.Field(ge=0)] if kind is int else kind


def _default(one: Field[Any]) -> Any:
    if one.default_factory is not MISSING:
        return pydantic.Field(default_factory=one.default_factory)
    return ... if one.default is MISSING else one.default


def _arguments(value: Any) -> Mapping[str, Argument]:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ValueError("arguments are an object with names")
    return MappingProxyType({name: _tuples(one) for name, one in value.items()})


def _tuples(value: Any) -> Argument:
    """JSON has lists where the graph has tuples."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
