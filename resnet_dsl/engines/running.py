"""A function from a batch of inputs to a network's outputs, by the fastest engine that is installed."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.engines.ends import Ends, RunnerInput
from resnet_dsl.engines.sessions import ENGINES, Precision, Run
from resnet_dsl.extras import MissingPackageError, is_installed
from resnet_dsl.failure import Failure, reason
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.operation import UnfitError
from resnet_dsl.ir.sizes import written_size
from resnet_dsl.sentences import either, listed

if TYPE_CHECKING:
    from resnet_dsl.ir.graph import Graph
    from resnet_dsl.ir.lengths import Shape
    from resnet_dsl.passes.rewriting import Weights
    from resnet_dsl.weights import Scaling

KERAS = "keras"
"""What is asked for where Keras' backend is to run the model."""

TOLERANCE = 1e-4
"""How far results may lie from Keras', relative to the largest: what rounding makes of the deepest networks."""


class Runner:
    """Call it with inputs; it returns what the model does, as arrays of NumPy. ``engine`` says who computes."""

    def __init__(self, engine: str, ends: Ends, run: Run) -> None:
        self.engine = engine
        self._ends = ends
        self._run = run

    def __call__(self, values: Any) -> Any:
        """Raises Failure for inputs that are missing, too many, no numbers, or of a size that does not fit."""
        return self._ends.returned(self._computed(self._ends.given(values)))

    def _computed(self, given: list[Any]) -> Sequence[Any]:
        try:
            with np.errstate(over="raise"):
                return self._run(given)
        except Failure:
            raise
        except FloatingPointError:
            raise Failure("an input holds numbers beyond 3.4e38, the largest of float32") from None
        except Exception as error:  # the engines raise a dozen kinds
            sizes = listed(map(show, _sizes(given)))
            raise Failure(f"{self.engine} cannot run `{self._ends.network}` on {sizes}: {reason(error)}") from error

    def __repr__(self) -> str:
        return f"<runner of {self._ends.network}, by {self.engine}>"


def runner(model: Any, engine: str | None = None, precision: Precision = "float32") -> Runner:
    """A function from a batch of inputs to what a model returns, at inference; see resnet_dsl.api.runner."""
    _check_asked(engine, precision)
    if isinstance(model, str | os.PathLike):
        return _of_file(model, engine, precision)
    graph = _graph_of(model)
    name = _chosen(model, graph, engine, precision)
    if name == KERAS:
        return _by_keras(model, graph)
    assert graph is not None
    run = ENGINES[name].start(_in_onnx(model, graph), precision).run
    return Runner(name, _ends_of(model), _fitting(graph, run if precision != "float32" else _compared(model, run)))


def _of_file(path: str | os.PathLike[str], engine: str | None, precision: Precision) -> Runner:
    """Of a file that was written here: without Keras, where another engine is to run it."""
    if os.fspath(path).lower().endswith(".onnx"):
        return _of_onnx(os.fspath(path), engine, precision)
    if engine == KERAS or not runs_without_keras(precision):
        from resnet_dsl.targets.keras import load

        return runner(load(path), engine, precision)
    from resnet_dsl.targets.keras.direct.making import by_node, of_file

    made, about = of_file(path)
    name = engine or _able(precision)[0]
    written = _written(made.graph, made.shapes, by_node(made), about.scaling)
    run = ENGINES[name].start(written, precision).run
    return Runner(name, _ends(made.graph, made.shapes), _fitting(made.graph, run))


def runs_without_keras(precision: Precision = "float32") -> bool:
    """Whether an engine is installed that runs ``.keras`` files of ours, and the package that hands them over."""
    return is_installed("onnx") and bool(_able(precision))


def _of_onnx(path: str, engine: str | None, precision: Precision) -> Runner:
    """Of a file in ONNX: the fastest to start."""
    if engine == KERAS:
        raise Failure(f"Keras does not run files in ONNX such as `{path}`", f"take {either([*ENGINES])}")
    able = _able(precision)
    if not able:
        raise MissingPackageError(["onnxruntime"], "files in ONNX are run by packages that are not installed")
    with open(path, "rb"):  # OSError, where it cannot be read
        pass
    name = engine or able[0]
    try:
        session = ENGINES[name].start(path, precision)
    except Exception as error:  # the engines raise a dozen kinds
        raise Failure(f"`{path}` is damaged, or no model in ONNX that {name} runs: {reason(error)}") from None
    ends = Ends(os.path.basename(path), session.inputs, session.outputs, len(session.outputs) > 1)
    return Runner(name, ends, session.run)


def _able(precision: Precision) -> list[str]:
    """The engines that are installed and compute in this precision."""
    return [name for name, one in ENGINES.items() if one.installed and precision in one.precisions]


def _check_asked(engine: str | None, precision: Precision) -> None:
    known = (KERAS, *ENGINES)
    if engine is not None and engine not in known:
        raise Failure(f"there is no engine `{engine}`", suggestion(engine, known) or f"take {either(known)}")
    if engine in ENGINES and not ENGINES[engine].installed:
        package = ENGINES[engine].package
        raise MissingPackageError([package], f"the engine `{engine}` is a package that is not installed")
    able = [name for name, one in ENGINES.items() if precision in one.precisions]
    if not able:
        remedy = suggestion(precision, get_args(Precision)) or "take float32, or bfloat16 where speed is worth digits"
        raise Failure(f"there is no precision `{precision}`", remedy)
    if precision != "float32" and engine not in (None, *able):
        raise Failure(f"`{engine}` does not compute in {precision}", f"take {either(able)}")


def _chosen(model: Any, graph: Graph | None, engine: str | None, precision: Precision) -> str:
    """The engine: the one that is asked for, else the first that is installed where it is faster, else Keras."""
    from resnet_dsl.targets.keras.backend import has_accelerator

    able = _able(precision)
    hindrance = _hindrance(model, graph)
    if engine is None and precision == "float32":
        gains = able and not hindrance and is_installed("onnx") and not has_accelerator()
        return able[0] if gains else KERAS
    if engine == KERAS:
        return KERAS
    if hindrance:
        raise Failure(f"no other engine than Keras can run this model: {hindrance}", f'leave it to `engine="{KERAS}"`')
    if not able:
        needed = next(one.package for one in ENGINES.values() if precision in one.precisions)
        raise MissingPackageError([needed], f"{precision} is computed by a package that is not installed")
    return engine or able[0]


def _hindrance(model: Any, graph: Graph | None) -> str | None:
    """Why no other engine computes the same; None where one does."""
    if graph is None:
        return "it was not made here"
    if any(layer.compute_dtype != "float32" or layer.variable_dtype != "float32" for layer in model.layers):
        return "it does not compute in float32"
    if sum(int(np.prod(one.shape)) for one in model.weights) * 4 > LARGEST_IN_MEMORY:
        return "its weights are larger than a model in ONNX can be in memory"
    return None


LARGEST_IN_MEMORY = 2_000_000_000
"""Bytes: protobuf holds no more in one piece."""


def _graph_of(model: Any) -> Graph | None:
    from resnet_dsl.targets.keras.running import graph_of

    return graph_of(model)


def _by_keras(model: Any, graph: Graph | None) -> Runner:
    from resnet_dsl.targets.keras.backend import import_keras
    from resnet_dsl.targets.keras.running import backend_run

    run = backend_run(model)
    name = f"{KERAS} ({import_keras().backend.backend()})"
    return Runner(name, _ends_of(model), run if graph is None else _fitting(graph, run))


def _ends_of(model: Any) -> Ends:
    from resnet_dsl.analyses.shapes import infer_shapes

    graph = _graph_of(model)
    output: Any = getattr(model, "output", None)  # a Sequential model has none before its first call
    named = isinstance(output, dict)
    sizes = [tensor.shape[1:] for tensor in model.inputs]
    if graph is not None:
        sizes = [*map(written_size, infer_shapes(graph)[: graph.inputs])]
    inputs = tuple(RunnerInput(tensor.name, tuple(size)) for tensor, size in zip(model.inputs, sizes, strict=True))
    return Ends(model.name, inputs, tuple(output) if named else (), named)


def _ends(graph: Graph, shapes: tuple[Shape, ...]) -> Ends:
    named = zip(graph.nodes[: graph.inputs], shapes, strict=False)
    inputs = tuple(RunnerInput(node.name, written_size(shape)) for node, shape in named)
    outputs = tuple(output.name for output in graph.outputs)
    return Ends(graph.name, inputs, outputs, len(outputs) > 1)


def _in_onnx(model: Any, graph: Graph) -> bytes:
    """The model, with its weights of the moment, in ONNX; normalisation is folded by the engine itself."""
    from resnet_dsl.analyses.shapes import infer_shapes
    from resnet_dsl.targets.keras.inference import weights_of
    from resnet_dsl.targets.keras.lower import lower
    from resnet_dsl.targets.keras.scaling import scaling_of

    shapes = infer_shapes(graph)
    return _written(graph, shapes, weights_of(model, lower(graph, shapes), shapes), scaling_of(model))


def _written(graph: Graph, shapes: tuple[Shape, ...], weights: Weights, scaling: Scaling | None) -> bytes:
    from resnet_dsl.targets.onnx import to_onnx

    written: bytes = to_onnx(graph, shapes, weights, scaling=scaling).SerializeToString()
    return written


def _fitting(graph: Graph, run: Run) -> Run:
    """``run``, of sizes at which every operation of the graph fits: engines compute numbers of windows that do not."""
    from resnet_dsl.analyses.shapes import shapes_at

    known: set[tuple[Shape, ...]] = set()

    def fitting(values: list[Any]) -> Sequence[Any]:
        sizes = _sizes(values)
        if sizes not in known:
            try:
                shapes_at(graph, sizes)
            except UnfitError as unfit:
                given = listed(map(show, sizes))
                raise Failure(f"`{graph.name}` does not take {given}: {unfit.message}") from None
            known.add(sizes)
        return run(values)

    return fitting


def _sizes(values: list[Any]) -> tuple[Shape, ...]:
    """Those of the samples of each input."""
    return tuple(tuple(value.shape[1:]) for value in values)


def _compared(model: Any, run: Run) -> Run:
    """``run``; its first results are compared with the model's own, whose layers may have been changed by hand."""
    from resnet_dsl.targets.keras.running import backend_run, outputs_of

    way: list[Run] = []

    def compared(values: list[Any]) -> Any:
        if way:
            return way[0](values)
        found = run(values)
        if not len(values[0]):  # nothing to compare
            return found
        first = [value[:1] for value in values]
        if all(map(_alike, (one[:1] for one in found), outputs_of(model, first))):
            way.append(run)
            return found
        warnings.warn(f"{model.name} computes something else than its graph: it is run by Keras", stacklevel=4)
        way.append(backend_run(model))
        return way[0](values)

    return compared


def _alike(found: Any, expected: Any) -> bool:
    largest = float(np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected)))
    return bool(np.allclose(found, expected, rtol=0, atol=TOLERANCE * largest, equal_nan=True))
