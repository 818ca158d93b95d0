"""Which word of the language a layer's first numbers are: the one that our own target writes so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from resnet_dsl.importing.keras.pattern import fits, lowered
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.parameters import INITIALISER
from resnet_dsl.targets.keras.calls import Initializer

_NOT_KERNELS = ("gamma", "beta", "moving_mean", "moving_variance")


def initial(op: str, args: Mapping[str, Any], shape: Shape, described: Any) -> str | None:
    """The word for Keras' description of an initialiser; None where there is none."""
    wanted = _plain(described)
    is_sound = all(fits(op, *argument) for argument in args.items())
    return None if wanted is None or not is_sound else _words(op, tuple(args.items()), shape).get(wanted)


@lru_cache(maxsize=1_000)
def _words(op: str, args: tuple[tuple[str, Any], ...], shape: Shape) -> Mapping[str, str]:
    """The words by what they are in Keras for an operation; the earlier ones first."""
    found: dict[str, str] = {}
    for word in INITIALISER.words:
        calls = lowered(op, {**dict(args), "init": word}, shape).calls
        kernels = [
            value
            for call in calls.calls
            for name, value in call.args.items()
            if name.endswith("_initializer") and name.removesuffix("_initializer") not in _NOT_KERNELS
        ]
        found.setdefault(_canonical(kernels[0]), word)
    return found


def _canonical(initializer: Initializer) -> str:
    spread = initializer.spread
    if spread is None:
        return json.dumps([initializer.kind, sorted(dict(initializer.args).items())])
    return json.dumps([float(f"{spread.scale:.12g}"), spread.mode, spread.distribution])


def _plain(described: Any) -> str | None:
    """The same of Keras' description: of a class, with its arguments, or of its name alone."""
    if isinstance(described, str):
        described = {"class_name": described.title().replace("_", ""), "config": {}}
    if not isinstance(described, dict) or not isinstance(described.get("class_name"), str):
        return None
    config = described.get("config") if isinstance(described.get("config"), dict) else {}
    unused = ("seed", "input_axes", "output_axes", "dtype")
    args = {name: value for name, value in config.items() if name not in unused}  # type: ignore[union-attr]
    if described["class_name"] == "TruncatedNormal" and args.get("mean") == 0:
        del args["mean"]
    try:
        return _canonical(Initializer(described["class_name"], tuple(args.items())))
    except (TypeError, ValueError):
        return None
