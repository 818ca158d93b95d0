"""The second half of the proof: what the source's own runtime computes, and what the text does with its weights.

Ours is computed by ONNX Runtime (or OpenVINO), which share no code with the readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from resnet_dsl.failure import Failure, reason
from resnet_dsl.importing.flat import FlatNetwork, NotImportedError, Run
from resnet_dsl.ir.sizes import multiple

if TYPE_CHECKING:
    from resnet_dsl.passes.rewriting import Weights
    from resnet_dsl.pipeline import Compiled

TOLERANCE = 1e-5
"""How far outputs may lie apart, relative to the largest number of the source's: what rounding makes of float32."""

TIMES, MOST = 50, 1e-3
"""Networks that enlarge rounding (standardised weights, depth) may be this many times as far apart as another rounding
of the inputs leaves them, and never further than that."""

USUAL_LENGTH = 64
"""Of an axis that a network leaves open, or the multiple of its own that comes next."""

MOST_BYTES = 1_900_000_000
"""Of weights: protobuf holds no more in one piece."""

SCALES = (1.0, 0.1, 0.01, 1e-4)
"""By which the random inputs are multiplied, one after the other, until the source's outputs are finite."""


class OutputAgreement(NamedTuple):
    """difference: the largest of all outputs, relative; None where nothing was computed. said: in a sentence."""

    difference: float | None
    said: str


def agreement(flat: FlatNetwork, compiled: Compiled, weights: Weights | None) -> OutputAgreement:
    """Whether both compute the same from random inputs. Raises NotImportedError where they do not."""
    hindrance = _hindrance(flat, weights)
    if hindrance or flat.run is None or weights is None:
        return OutputAgreement(None, f"outputs were not compared: {hindrance}")
    values = _inputs(flat)
    try:
        expected, scale = _expected(flat.run, values)
    except Failure:
        raise
    except Exception as wrong:  # a runtime has limits of its own, and raises whatever it likes
        return OutputAgreement(
            None, f"outputs were not compared: the source's own runtime does not run it: {reason(wrong)}"
        )
    if expected is None:
        return OutputAgreement(
            None, "outputs were not compared: the source computes no finite numbers from random inputs"
        )
    found = _ours(compiled, weights)([one * scale for one in values])
    difference = _furthest(expected, found)
    if not (difference < TOLERANCE or difference < _rounding(flat.run, values, scale, expected)):
        raise _other(flat, difference)
    return OutputAgreement(difference, f"outputs on random inputs agree to {difference:.1e} of the largest number")


def _hindrance(flat: FlatNetwork, weights: Weights | None) -> str:
    """Why nothing can be compared; empty where it can."""
    from resnet_dsl.engines.sessions import ENGINES
    from resnet_dsl.extras import is_installed

    if weights is None:
        return "the source holds no weights"
    if flat.run is None:
        return flat.not_run or "the source's own runtime is not installed"
    if not is_installed("onnx") or not any(one.installed for one in ENGINES.values()):
        return "`onnx` and `onnxruntime` are not installed"
    bytes_ = sum(array.nbytes for arrays in weights.values() for array in arrays.values())
    return "its weights are larger than a model in ONNX can be in memory" if bytes_ > MOST_BYTES else ""


def _inputs(flat: FlatNetwork) -> list[Any]:
    """Random numbers for each input, with a batch of one."""
    import numpy as np

    random = np.random.default_rng(0)
    sizes = [node.args["shape"] for node in flat.graph.nodes[: flat.graph.inputs]]
    return [random.standard_normal((1, *map(_length, size)), dtype="float32") for size in sizes]


def _length(length: Any) -> int:
    step = multiple(length)
    return int(length) if step is None else -(-USUAL_LENGTH // step) * step


def _expected(run: Run, values: Sequence[Any]) -> tuple[Sequence[Any] | None, float]:
    """The source's outputs, and the scale of the inputs at which they are finite and not all the same."""
    import numpy as np

    for scale in SCALES:
        found = [np.asarray(one) for one in run([one * np.float32(scale) for one in values])]
        if all(np.isfinite(one).all() and np.abs(one).max(initial=0) > 0 for one in found):
            return found, scale
    return None, 0.0


def _rounding(run: Run, values: Sequence[Any], scale: float, expected: Sequence[Any]) -> float:
    """How far outputs may lie apart where rounding counts for more: by what the last digits of inputs make of them."""
    import numpy as np

    nudged = [one * np.float32(scale) * np.float32(1 + 2**-22) for one in values]
    return min(MOST, TIMES * _furthest(expected, [np.asarray(one) for one in run(nudged)]))


def _furthest(expected: Sequence[Any], found: Sequence[Any]) -> float:
    """Of all outputs; where a number of one is none, that is the furthest."""
    import numpy as np

    return float(np.max([_apart(one, other) for one, other in zip(expected, found, strict=True)]))


def _ours(compiled: Compiled, weights: Weights) -> Run:
    from resnet_dsl.engines.sessions import ENGINES
    from resnet_dsl.targets.onnx import to_onnx

    model = to_onnx(compiled.graph, compiled.shapes, weights).SerializeToString()
    engine = next(one for one in ENGINES.values() if one.installed)
    return engine.start(model, "float32").run  # type: ignore[return-value]


def _apart(expected: Any, found: Any) -> float:
    """The largest difference, relative to the largest number; infinite where the shapes differ."""
    import numpy as np

    if expected.shape != found.shape:
        return float("inf")
    return float(np.abs(expected.astype("float64") - found).max() / np.abs(expected).max())


def _other(flat: FlatNetwork, difference: float) -> NotImportedError:
    return NotImportedError(
        f"`{flat.source}` cannot be imported: with its weights, the text computes something else: outputs differ "
        f"by {difference:.1e} of the largest number, and that is more than rounding makes",
        "please report it, with the model",
        flat,
    )
