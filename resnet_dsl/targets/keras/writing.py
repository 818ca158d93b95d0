"""A compiled network as a file of Keras: the model that was asked for, built and written."""

from __future__ import annotations

from resnet_dsl.pipeline import Compiled
from resnet_dsl.targets.keras.inference import Built, optimize_for_inference
from resnet_dsl.targets.keras.loading import keeps_classes, put_weights
from resnet_dsl.targets.keras.lower import lower
from resnet_dsl.targets.keras.model import to_keras
from resnet_dsl.targets.keras.saving import reloading, save, save_json
from resnet_dsl.targets.request import Request, Written
from resnet_dsl.weights import About


def write_model(compiled: Compiled, path: str, request: Request) -> Written:
    """A ``.keras`` file."""
    built, classes = _build(compiled, request)
    save(built.model, path, built.graph, classes, fresh=request.saved is None)
    return Written(built.said, reloading(lower(built.graph, built.shapes)))


def write_json(compiled: Compiled, path: str, request: Request) -> Written:
    """Keras' JSON of the model, without weights."""
    save_json(_build(compiled, request)[0].model, path)
    return Written()


def _build(compiled: Compiled, request: Request) -> tuple[Built, tuple[str, ...]]:
    """The model, and the names of its classes, from the file of its weights."""
    graph, shapes, whole = compiled.graph, compiled.shapes, compiled.whole
    saved = request.saved
    about = About() if saved is None else saved.about
    model = to_keras(graph, shapes, seed=request.seed, fast=not request.plain, scaling=about.scaling)
    said: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    if saved is not None:
        calls = lower(whole.graph, whole.shapes)
        said = put_weights(model, saved, calls, request.excepted)
        kept = compiled is whole and keeps_classes(model, calls, request.excepted)
        classes = about.classes if kept else ()
        if about.scaling is not None:
            said = (*said, f"images are normalised first, as by {saved.path}")
    if not request.optimize:
        return Built(model, graph, shapes, said), classes
    built = optimize_for_inference(graph, shapes, model)
    return built._replace(said=(*said, *built.said)), classes
