"""What a training starts from in place of fresh weights, and which parts it leaves as they are."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from resnet_dsl.failure import Failure
from resnet_dsl.sentences import listed
from resnet_dsl.weights import SavedModel, Scaling, read_weights
from resnet_dsl.weights.asking import expect_file


class Start(NamedTuple):
    """saved: the weights of a file, ``digest``: of its bytes. excepted: parts that begin fresh. frozen: that stay."""

    saved: SavedModel | None = None
    digest: str | None = None
    excepted: tuple[str, ...] = ()
    frozen: tuple[str, ...] = ()

    @property
    def scaling(self) -> Scaling | None:
        """What the file's model does to its images first."""
        return None if self.saved is None else self.saved.about.scaling

    def identity(self) -> dict[str, object]:
        """What tells the training from those that start otherwise, as JSON holds it; nothing of one from scratch."""
        layout = None if self.saved is None else self.saved.layout
        told = {
            "weights_sha256": self.digest,
            "layout": layout,
            "except": _set(self.excepted),
            "freeze": _set(self.frozen),
        }
        return {name: value for name, value in told.items() if value}


FRESH = Start()
"""That of a training from scratch."""


def start_of(weights: Path | None, layout: str | None, excepted: tuple[str, ...], frozen: tuple[str, ...]) -> Start:
    """layout: whose names the file has; None: as ``read_weights`` has it.

    Raises OSError or Failure where the file cannot be read, and Failure where the options contradict each other.
    """
    expect_file(weights, excepted, layout)
    both = [name for name in excepted if name in frozen]
    if both:
        message = f"`--except` has {listed(both)} begin with fresh weights, and `--freeze` would keep these"
        raise Failure(message, "leave one of them out")
    if weights is None:
        return Start(frozen=frozen)
    return Start(read_weights(weights, layout), _digest(weights), excepted, frozen)


def _set(names: tuple[str, ...]) -> list[str]:
    """In whatever order, and however often, they were given."""
    return sorted({*names})


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
