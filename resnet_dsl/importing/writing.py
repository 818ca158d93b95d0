"""What was imported, as files: the text, or a model with the weights."""

from __future__ import annotations

from collections.abc import Mapping

from resnet_dsl.failure import Failure
from resnet_dsl.importing.imported import Imported
from resnet_dsl.sentences import either
from resnet_dsl.syntax.reading import ENDING
from resnet_dsl.targets.request import DONE, Weighted, Written
from resnet_dsl.writing import write_whole

MODELS: Mapping[str, str] = {".keras": "a model of Keras", ".onnx": "a model of ONNX"}
"""Files that hold the weights, by their endings."""


def write(imported: Imported, path: str) -> Written:
    """Its text to a ``.resnet`` file, or the network with its weights to one of MODELS.

    Raises OSError where it cannot be written, and Failure for another ending and where there are no weights.
    """
    if path.endswith(ENDING):
        write_whole(path, imported.text, ENDING)
        return DONE
    if path.endswith(".keras"):
        from resnet_dsl.targets.keras.writing import write_weighted

        return write_weighted(with_weights(imported), path)
    if path.endswith(".onnx"):
        from resnet_dsl.targets.onnx.writing import write_model

        return write_model(with_weights(imported), path, "last")
    raise Failure(f"`{path}` ends in nothing that is written", f"the endings are {either([ENDING, *MODELS])}")


def with_weights(imported: Imported) -> Weighted:
    """Raises Failure where the source holds no weights."""
    found = imported.weighted
    if found is None:
        raise Failure(f"the source of `{imported.compiled.name}` holds no weights: there are none to write")
    return found
