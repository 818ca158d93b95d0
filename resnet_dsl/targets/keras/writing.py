"""A compiled network as a file of Keras: written as data, or, where that is not possible, built by Keras and saved."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from resnet_dsl.extras import MissingPackageError, is_installed
from resnet_dsl.pipeline import Compiled
from resnet_dsl.targets.keras.direct import archive
from resnet_dsl.targets.keras.direct.configuration import configuration
from resnet_dsl.targets.keras.direct.making import make, of_weighted
from resnet_dsl.targets.keras.direct.settings import are_usual
from resnet_dsl.targets.keras.freezing import frozen, said_of_freezing
from resnet_dsl.targets.keras.inference import Built, optimize_for_inference
from resnet_dsl.targets.keras.loading import keeps_classes, put_weights
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.keras.model import to_keras
from resnet_dsl.targets.keras.sampling import Array
from resnet_dsl.targets.keras.saving import check_ending, entries, reloading, save, save_json
from resnet_dsl.targets.keras.variables import LeftToKerasError
from resnet_dsl.targets.request import Request, Weighted, Written
from resnet_dsl.weights import About
from resnet_dsl.writing import write_through, write_whole


def write_model(compiled: Compiled, path: str, request: Request) -> Written:
    """A ``.keras`` file; it is the same whoever writes it, but for the version in it."""
    if _needs_no_keras(request):
        with _left_to_keras():
            return write_directly(compiled, path, request)
    return write_by_keras(compiled, path, request)


def write_directly(compiled: Compiled, path: str, request: Request) -> Written:
    """Without Keras. Raises LeftToKerasError, with nothing written, where that is not possible."""
    check_ending(Path(path), ".keras", "a Keras model is")
    made = make(compiled, request)
    beside = entries(made.graph, made.classes)
    weights = (array for _, array in made.weights)
    model = archive.ArchivedModel(made.calls, made.seed, weights, beside, fresh=request.saved is None)
    verified: list[str] = []

    def put(temporary: str) -> None:
        archive.write(model, temporary)
        if request.verify:
            verified.append(_verified(compiled, temporary, request))

    write_through(path, put, ".keras")
    return Written((*made.said, *verified), reloading(made.calls))


def _verified(compiled: Compiled, path: str, request: Request) -> str:
    """What was compared. Without a seed no two models have the same first weights."""
    from resnet_dsl.targets.keras.verifying import verify

    drawn = request.seed is None and (request.saved is None or bool(request.excepted))
    inputs = compiled.shapes[: compiled.graph.inputs]
    return verify(path, _build(compiled, request)[0].model, inputs, weights=not drawn)


def write_weighted(model: Weighted, path: str) -> Written:
    """A network with its weights as a ``.keras`` file; without Keras, where that is possible."""
    check_ending(Path(path), ".keras", "a Keras model is")
    made = of_weighted(model)
    beside = entries(made.graph, made.classes)
    weights = (array for _, array in made.weights)
    try:
        put = archive.ArchivedModel(made.calls, None, weights, beside, model.fresh)
        write_through(path, lambda temporary: archive.write(put, temporary), ".keras")
    except LeftToKerasError:
        save(build_weighted(model), path, made.graph, made.classes, fresh=model.fresh)
    return Written(made.said, reloading(made.calls))


def build_weighted(model: Weighted, freeze: Collection[str] = ()) -> Any:
    """A network with its weights as a Keras model. freeze: parts that do not train."""
    values: dict[str, list[Array]] = {}
    for slot, array in of_weighted(model).weights:
        values.setdefault(slot.layer, []).append(array)
    graph, shapes, _ = model.network
    return to_keras(graph, shapes, scaling=model.scaling, values=values, freeze=freeze)


def write_by_keras(compiled: Compiled, path: str, request: Request) -> Written:
    """A model that Keras builds and saves."""
    built, classes = _build(compiled, request)
    verified = ("Keras built and saved the model itself",) if request.verify else ()
    save(built.model, path, built.graph, classes, fresh=request.saved is None)
    return Written((*built.said, *verified), reloading(lower(built.graph, built.shapes)))


def write_json(compiled: Compiled, path: str, request: Request) -> Written:
    """Keras' JSON of the model, without weights."""
    if _needs_no_keras(request):
        with _left_to_keras():
            made = make(compiled, request)
            write_whole(path, "".join(configuration(made.calls, made.seed)) + "\n")
            return Written()
    save_json(_build(compiled, request)[0].model, path)
    return Written()


@contextmanager
def _left_to_keras() -> Iterator[None]:
    """Goes on behind the block where Keras alone writes the model. Raises MissingPackageError where it is missing."""
    try:
        yield
    except LeftToKerasError as left:
        if not is_installed("keras"):
            raise MissingPackageError(["keras"], f"Keras alone writes this, and is not installed: {left}") from None


def _needs_no_keras(request: Request) -> bool:
    return not request.plain and are_usual()


def _build(compiled: Compiled, request: Request) -> tuple[Built, tuple[str, ...]]:
    """The model, and the names of its classes, from the file of its weights."""
    request.start()
    graph, shapes, whole = compiled.graph, compiled.shapes, compiled.whole
    saved = request.saved
    about = About() if saved is None else saved.about
    model = to_keras(
        graph, shapes, seed=request.seed, fast=not request.plain, scaling=about.scaling, freeze=request.freeze
    )
    said = said_of_freezing(frozen(lower(graph, shapes), request.freeze))
    classes: tuple[str, ...] = ()
    if saved is not None:
        calls = lower(whole.graph, whole.shapes)
        said = (*said, *put_weights(model, saved, calls, request.excepted))
        weighted = {layer.name for layer in model.layers if layer.weights}
        kept = compiled is whole and keeps_classes(weighted, calls, request.excepted)
        classes = about.classes if kept else ()
        if about.scaling is not None:
            said = (*said, f"images are normalised first, as by {saved.path}")
    if not request.optimize:
        return Built(model, graph, shapes, said), classes
    built = optimize_for_inference(graph, shapes, model)
    return built._replace(said=(*said, *built.said)), classes
