"""A spec that stands alone: its text and all that it imports, so that no other folder is needed to compile it again."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from resnet_dsl.elaborate.modules import Module
from resnet_dsl.ir.lengths import show
from resnet_dsl.pipeline import Asked
from resnet_dsl.syntax import tree

FOLDER = "imports"
"""Where the imported files lie, beside the spec."""


def standing_alone(asked: Asked) -> tuple[str, dict[str, str]]:
    """(the text, the imported texts by their path beside it). Only the paths behind `import` are other ones.

    Under parameters or another input size, the last line of the text says with which.
    """
    main = asked.spec.module
    places = _places(main)
    text = _with_imports(main, places, f"{FOLDER}/")
    given = settings(asked)
    options = [f"--set {name}={value}" for name, value in given["set"].items()]
    size = given["input"] or {}
    sizes = [size] if isinstance(size, str) else [f"{name}={one}" for name, one in size.items()]
    options += [f"--input {one}" for one in sizes]
    last = f"\n# Compiled as: {asked.network} {' '.join(options)}\n"
    if options and not text.endswith(last):  # out of a run folder it has that line already
        text += last
    return text, {f"{FOLDER}/{place}": _with_imports(module, places, "") for module, place in places.items()}


def settings(asked: Asked) -> dict[str, Any]:
    """What to compile the text with, in JSON's terms: the network, its parameters, its input size."""
    return {
        "network": asked.network,
        "set": {name: _written(value) for name, value in asked.overrides.items()},
        "input": None if asked.input_size is None else _sizes(asked.input_size),
    }


def _sizes(given: Any) -> str | dict[str, str]:
    """A size; those of several inputs by their names."""
    return {name: _written(one) for name, one in given.items()} if isinstance(given, Mapping) else _written(given)


def _written(value: Any) -> str:
    """A value as `--set` takes it: a size is a tuple, with None for a length that is open."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return show(value)
    return str(value)


def _places(main: Module) -> dict[Module, str]:
    """A file name of its own for each file that is imported, from wherever."""
    places: dict[Module, str] = {}
    pending = [main]
    while pending:
        for _, module in pending.pop().imports:
            if module not in places:
                file = os.path.basename(module.source.name).removesuffix(".resnet")
                stem = re.sub(r"\W", "_", file, flags=re.ASCII)
                names = (f"{stem}{number if number > 1 else ''}.resnet" for number in range(1, len(places) + 2))
                places[module] = next(name for name in names if name not in places.values())
                pending.append(module)
    return places


def _with_imports(module: Module, places: Mapping[Module, str], folder: str) -> str:
    text = module.source.text
    statements: list[tuple[tree.ImportFile, Module]] = sorted(module.imports, key=lambda one: -one[0].path.span.start)
    for statement, imported in statements:
        span = statement.path.span
        text = f'{text[: span.start]}"{folder}{places[imported]}"{text[span.end :]}'
    return text
