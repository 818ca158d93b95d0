"""Models that were saved: loaded into Keras, or run without it; the compiler, slow to import, is not needed for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from resnet_dsl.engines import Runner


def load_keras(path: str | os.PathLike[str]) -> Any:
    """The model of a ``.keras`` file that was written here, rebuilt from the graph in it: of any depth, and with the
    layers frozen that are frozen there.

    Plain ``keras.saving.load_model`` fails on networks deeper than Python's recursion limit. Raises OSError where the
    file cannot be read, Failure where it carries no graph, MissingPackageError without Keras.
    """
    from resnet_dsl.targets.keras import load as load_model

    return load_model(os.fspath(path))


def runner(model: Any, engine: str | None = None, precision: Literal["float32", "bfloat16"] = "float32") -> Runner:
    """A function from a batch of inputs to the model's outputs, for inference: the fastest exact way that there is.

    model: of Keras, or the path of a file that `compile` or `train` wrote: a ``.keras`` or ``.onnx`` file, which the
        engines below run without Keras; a process that runs the latter has its first answer soonest. ONNX Runtime
        arranges the weights of an ``.onnx`` file for speed at the second call, which takes that much longer.

    Several inputs and outputs are taken and returned as the model does (``Network.to_keras``), as NumPy arrays. What
    the network does not take (no batch, another size, no real numbers) raises Failure when the function is called.

    engine: ``onnxruntime`` or ``openvino``, or ``keras`` for its own backend. Without one ONNX Runtime, else OpenVINO,
        runs models that were made here, on machines without a GPU, where the packages are installed (`onnx` besides);
        Keras' backend runs all others. ``runner(model).engine`` says which it is.
    precision: ``bfloat16`` is faster on processors that have it, and keeps two to three digits (OpenVINO alone).

    In float32 the results are those of the model to rounding: 1e-5 of the largest, 1e-4 in the deepest networks. The
    weights are those of the moment: make a new runner after training. Raises Failure for an engine that cannot run the
    model, MissingPackageError for one that is not installed.
    """
    from resnet_dsl.engines import runner as make_runner

    return make_runner(model, engine, precision)
