"""Compile a network to a Keras model, its IR or a figure.

Writes NETWORK.keras into the current folder by default, says what it wrote, and prints the summary. A file is written
whole or not at all. A model with fresh weights is replaced by the next; one that may be trained only under --force.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from resnet_dsl.cli.claiming import claim, wrote
from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.keras_start import start_keras
from resnet_dsl.cli.specs import add_spec, compile_spec
from resnet_dsl.cli.warning import show_warnings
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.outputs import reads
from resnet_dsl.pipeline import Compiled
from resnet_dsl.targets.summary import write
from resnet_dsl.writing import write_whole

ENDINGS = {"keras": ".keras", "keras-json": ".json", "ir": ".ir.json", "dot": ".dot", "svg": ".svg"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        help="where to write; `-`: the standard output (default: NETWORK with its ending)",
    )
    parser.add_argument("--to", choices=[*ENDINGS], default="keras", help="what to write (default: keras)")
    parser.add_argument("--seed", type=int, help="the same seed gives the same initial weights")
    parser.add_argument(
        "--weights",
        metavar="FILE",
        help="weights for the model, by the names of its layers: a .keras, .weights.h5 or .h5 file",
    )
    parser.add_argument(
        "--except",
        dest="excepted",
        action="append",
        default=[],
        metavar="PART",
        help="with --weights: a stage, the stem, the head or a layer that keeps its initial weights",
    )
    parser.add_argument(
        "--optimize",
        choices=("inference",),
        help="fold normalisation into convolutions, merge padding, fuse activations, drop noise; not for training",
    )
    parser.add_argument("--plain", action="store_true", help="build with Keras' public functions alone: slower")
    parser.add_argument(
        "--figure", nargs="?", const="", metavar="PATH", help="draw the network, too (default: NETWORK.svg)"
    )
    parser.add_argument("--quiet", action="store_true", help="no summary")
    parser.add_argument("--force", action="store_true", help="replace a model that may be trained")


def run(options: argparse.Namespace) -> int:
    compiled = compile_spec(options.spec, options)
    show_warnings(compiled)
    path = _claimed(compiled, options)
    figure = None if options.figure is None else _figure_claimed(compiled, options)
    written = [_WRITERS[options.to](compiled, path, options)]
    if figure is not None:
        written.append(_draw(compiled, figure))
    if not options.quiet:
        sys.stdout.write(write(compiled.facts) + "\n")
    for line in written:
        print(line)
    return FINE


def _claimed(compiled: Compiled, options: argparse.Namespace) -> str:
    """Where the output goes, after a look at the options and at what is there."""
    weighed = options.weights is not None
    if options.to not in ("keras", "keras-json") and (weighed or options.optimize):
        raise Failure(f"`--weights` and `--optimize` are for Keras models, not for `--to {options.to}`")
    if options.to == "keras-json" and weighed and not options.optimize:
        raise Failure("Keras' JSON holds no weights", "`--to keras` keeps those of `--weights`")
    if options.excepted and not weighed:
        raise Failure("`--except` says what `--weights FILE` leaves out, and there is no `--weights`")
    if weighed:
        reads(options.weights)
    path = claim(_path(compiled, options), ENDINGS[options.to])
    if options.to == "keras" and not options.force:
        from resnet_dsl.targets.keras.fresh import keep_trained

        keep_trained(path)
    return path


def _figure_claimed(compiled: Compiled, options: argparse.Namespace) -> str:
    from resnet_dsl.targets.figure import format_of

    path = claim(options.figure or f"{compiled.name}.svg")
    format_of(path)
    return path


def _path(compiled: Compiled, options: argparse.Namespace) -> str:
    path: str | None = options.output
    return f"{compiled.name}{ENDINGS[options.to]}" if path is None else path


class _Built(NamedTuple):
    """A Keras model, the graph that it was built from with its shapes, and what a user is told of it.

    classes: the names of its classes, from the file of its weights.
    """

    model: Any
    graph: Graph
    shapes: tuple[Shape, ...]
    said: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


def _build(compiled: Compiled, options: argparse.Namespace) -> _Built:
    from resnet_dsl.targets.keras import keeps_classes, lower, put_weights, to_keras
    from resnet_dsl.weights import About, read_weights

    saved = None if options.weights is None else read_weights(options.weights)
    about = About() if saved is None else saved.about
    start_keras()
    model = to_keras(compiled.graph, compiled.shapes, seed=options.seed, fast=not options.plain, scaling=about.scaling)
    said: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    if saved is not None:
        calls = lower(compiled.graph, compiled.shapes)
        said = put_weights(model, saved, calls, options.excepted)
        classes = about.classes if keeps_classes(model, calls, options.excepted) else ()
    if about.scaling is not None:
        said = (*said, f"images are normalised first, as by {options.weights}")
    if options.optimize is None:
        return _Built(model, compiled.graph, compiled.shapes, said, classes)
    from resnet_dsl.targets.keras.inference import optimize_for_inference

    built = _Built(*optimize_for_inference(compiled.graph, compiled.shapes, model))
    return built._replace(said=(*said, *built.said), classes=classes)


def _keras(compiled: Compiled, path: str, options: argparse.Namespace) -> str:
    from resnet_dsl.targets.keras import lower, reloading, save

    built = _build(compiled, options)
    save(built.model, path, built.graph, built.classes, fresh=options.weights is None)
    remarks = reloading(lower(built.graph, built.shapes))
    done = [*built.said, wrote(path), *(f"  to load it: {remark}" for remark in remarks)]
    return "\n".join(done)


def _keras_json(compiled: Compiled, path: str, options: argparse.Namespace) -> str:
    from resnet_dsl.targets.keras import save_json

    save_json(_build(compiled, options).model, path)
    return wrote(path)


def _ir(compiled: Compiled, path: str, options: argparse.Namespace) -> str:
    write_whole(path, compiled.graph.model_dump_json(indent=1) + "\n")
    return wrote(path)


def _dot(compiled: Compiled, path: str, options: argparse.Namespace) -> str:
    from resnet_dsl.targets.figure import figure

    write_whole(path, figure(compiled.facts).dot())
    return wrote(path)


def _svg(compiled: Compiled, path: str, options: argparse.Namespace) -> str:
    return _draw(compiled, path)


def _draw(compiled: Compiled, path: str) -> str:
    from resnet_dsl.targets.figure import figure

    figure(compiled.facts).save(path)
    return wrote(path)


_WRITERS: dict[str, Callable[[Compiled, str, argparse.Namespace], str]] = {
    "keras": _keras,
    "keras-json": _keras_json,
    "ir": _ir,
    "dot": _dot,
    "svg": _svg,
}
