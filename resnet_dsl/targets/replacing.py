"""What may not be replaced unasked: models that may be trained."""

from __future__ import annotations

import os

from resnet_dsl.failure import Failure
from resnet_dsl.outputs import place


def keep_trained(path: str | os.PathLike[str], ending: str) -> None:
    """Raises Failure where something is there that does not say, or no longer rightly, that its weights are fresh."""
    where = place(path, ending)
    if where.replaces and not _is_fresh(where.path, ending):
        raise Failure(
            f"`{where.given}` does not say that its weights are fresh: it may be trained",
            "write to another file with `-o`, or replace it with `--force`",
        )


def _is_fresh(path: str, ending: str) -> bool:
    if ending == ".onnx":
        from resnet_dsl.targets.onnx.fresh import is_fresh
    elif ending == ".safetensors":
        from resnet_dsl.weights.safetensors import is_fresh
    else:
        from resnet_dsl.targets.keras.fresh import is_fresh
    return is_fresh(path)
