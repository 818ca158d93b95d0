"""The options of `train` and `compare`, made of the dataclasses that hold them."""

from __future__ import annotations

import argparse
import re
from dataclasses import fields
from inspect import get_annotations
from types import UnionType
from typing import Any, Literal, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

from resnet_dsl.elaborate.arithmetic import meant_number, number
from resnet_dsl.laboratory.training.options import DataOptions, EngineOptions, RecipeOptions, TrainingOptions

Arguments: TypeAlias = argparse.ArgumentParser | argparse._ArgumentGroup
Options = TypeVar("Options", bound=TrainingOptions)


def lengths(text: str) -> tuple[int, ...]:
    """``14x14`` as numbers."""
    if not re.fullmatch(r"\d{1,5}(x\d{1,5}){0,2}", text):
        raise argparse.ArgumentTypeError(f"`{text}` is not a size like 14x14")
    return tuple(map(int, text.split("x")))


def whole(text: str) -> int:
    """``10000``, ``10_000`` or ``10K`` as a number."""
    found = _whole(text)
    if found is None:
        meant = meant_number(text)
        remedy = f"write {meant}" if meant and _whole(meant) is not None else "such as 10000, 10_000 or 10K"
        raise argparse.ArgumentTypeError(f"`{text[:40]}` is no whole number; {remedy}")
    return found


def _whole(text: str) -> int | None:
    if re.fullmatch(r"\d[\d_]{0,15}(\.\d{1,15})?[KMGT]", text, re.ASCII):
        found = number(text)
        return found if isinstance(found, int) else None
    try:
        return int(text)
    except ValueError:
        return None


def fractions(text: str) -> tuple[float, ...]:
    """``0.5,0.75`` as numbers."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is not a list of numbers like 0.5,0.75") from None


def weights(text: str) -> dict[str, float]:
    """``aux=0.4,head=1`` as numbers by name."""
    parts = [part.partition("=") for part in text.split(",")]
    try:
        found = {name: float(number) for name, _, number in parts if name}
    except ValueError:
        found = {}
    if len(found) != len(parts):
        raise argparse.ArgumentTypeError(f"`{text}` is not a list of names with numbers like aux=0.4")
    return found


def names(text: str) -> tuple[str, ...]:
    """``stem,conv2`` as names."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def add_training(parser: argparse.ArgumentParser, kind: type[TrainingOptions]) -> None:
    """The options of a command that trains: in groups what all such have, then the command's own."""
    add_data(parser)
    training = parser.add_argument_group("training")
    add_options(training, TrainingOptions)
    add_options(training, RecipeOptions)
    add_options(parser.add_argument_group("running"), EngineOptions)
    add_options(parser, kind)


def add_data(parser: argparse.ArgumentParser) -> None:
    """The data."""
    add_options(parser.add_argument_group("data"), DataOptions)


def expect_data(data: str) -> None:
    """Refuses a name of no data before Keras is started, which takes seconds."""
    from resnet_dsl.laboratory.data.load import expect_named

    expect_named(data)


def add_options(parser: Arguments, kind: type[DataOptions | RecipeOptions | EngineOptions]) -> None:
    """An argument for each field that this class of options itself declares."""
    own, hints = get_annotations(kind), get_type_hints(kind)
    for one in fields(kind):
        if one.name in own:
            # A field that would be a word of Python ends in `_`.
            flags = (*one.metadata["flags"], f"--{one.name.rstrip('_').replace('_', '-')}")
            named = {"metavar": one.metadata["metavar"]} if one.metadata["metavar"] else {}
            # A default as it would be given, for the help; argparse reads it as it reads what is given.
            default = ",".join(map(str, one.default)) if isinstance(one.default, tuple) else one.default
            given = {"default": default, "help": one.metadata["help"], **named, **_reading(hints[one.name])}
            parser.add_argument(*flags, dest=one.name, **given)


def _reading(hint: Any) -> dict[str, Any]:
    """How argparse reads values of a type; None among them is what stands where nothing is given."""
    if hint in _SWITCHES:
        return {"action": _SWITCHES[hint]}
    if hint == tuple[str, ...]:
        return {"type": names, "action": "extend", "default": []}
    if get_origin(hint) is Literal:
        return {"choices": get_args(hint)}
    plain = get_args(hint)[0] if isinstance(hint, UnionType) else hint
    return {"type": _READERS.get(plain, plain)}


_SWITCHES: dict[Any, Any] = {bool: "store_true", bool | None: argparse.BooleanOptionalAction}
_READERS: dict[Any, Any] = {
    int: whole,
    tuple[int, ...]: lengths,
    tuple[float, ...]: fractions,
    dict[str, float]: weights,
}


def chosen(kind: type[Options], options: argparse.Namespace) -> Options:
    """The typed options from the command line's. Raises Failure where one is out of its range."""
    known = {field.name for field in fields(kind)}
    given = {name: value for name, value in vars(options).items() if name in known}
    typed: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    return kind(**typed)
