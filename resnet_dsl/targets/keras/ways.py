"""The two ways to a model: the fast one, and the plain one where that does not hold or is not wanted."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from resnet_dsl.targets.keras.building import build
from resnet_dsl.targets.keras.calls import Calls
from resnet_dsl.targets.keras.fast import build_fast
from resnet_dsl.targets.keras.private import UnexpectedKerasError


def build_either_way(calls: Calls, seed: int | None = None, *, fast: bool = True) -> Any:
    """The Functional model of the calls: the fast way, or with Keras' public functions alone."""
    if fast:
        with suppress(UnexpectedKerasError):
            return build_fast(calls, seed)
    return build(calls, seed)
