"""What options ask of a file of weights, where none is named."""

from __future__ import annotations

from collections.abc import Collection

from resnet_dsl.failure import Failure

_NAME_IT = "name the file, too: `--weights FILE`, or leave the option out"


def expect_file(weights: object | None, excepted: Collection[str], layout: str | None) -> None:
    """Raises Failure for ``--except`` and ``--layout`` without the file that they are about."""
    if weights is not None:
        return
    if excepted:
        raise Failure("`--except` says what `--weights FILE` leaves out, and there is no `--weights`", _NAME_IT)
    if layout is not None:
        raise Failure("`--layout` says whose names the file of `--weights` has, and there is no `--weights`", _NAME_IT)
