"""Say which classes a saved model finds in images, the most likely first.

MODEL.keras was written by `resnet-dsl train` or `compile`, whose graph it carries; no code in it is run. Of each image
the largest centred part of the input's proportions is pooled to the input's size, as `train --resize` does. Folders
are searched for images (.bmp, .gif, .jpg, .png), hidden ones apart. What cannot be read is told at its place, the
others are predicted, and the exit code is 2.

Models that `train` wrote normalise images themselves. For others give what they were trained with, in the units of the
pixels, 0 to 255, for instance `--mean 123.675,116.28,103.53 --std 58.395,57.12,57.375` (torchvision).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnet_dsl.cli.ending import FINE, USAGE
from resnet_dsl.cli.needs import require
from resnet_dsl.cli.streams import tell
from resnet_dsl.failure import Failure
from resnet_dsl.sentences import counted

if TYPE_CHECKING:
    from resnet_dsl.ir.graph import Graph
    from resnet_dsl.laboratory.prediction import PredictingModel, Prediction
    from resnet_dsl.weights import About, InputScaling


LARGEST = 1e9
"""Of what is taken off pixels and what they are divided by; its inverse is the least of the latter. None overflows."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL.keras", help="a model that was written here")
    parser.add_argument("images", nargs="+", metavar="FILE", help="images, and folders of images")
    parser.add_argument("--top", type=_positive, default=5, metavar="N", help="classes to name (default: 5)")
    parser.add_argument("--format", choices=("text", "json", "csv"), default="text", help="how they are given")
    parser.add_argument(
        "--mean", type=_numbers, metavar="NUMBERS", help="what is taken off the pixels: one number, or one a channel"
    )
    parser.add_argument(
        "--std", type=_numbers, metavar="NUMBERS", help="what they are divided by then: one number, or one a channel"
    )


def run(options: argparse.Namespace) -> int:
    from resnet_dsl.laboratory.data.folder import images_in
    from resnet_dsl.laboratory.prediction import predictions, unsaid_scaling

    model = _model(options)
    images, notes = images_in([Path(one) for one in options.images])
    for note in (*notes, unsaid_scaling(model)):
        if note is not None:
            tell(f"note: {note}")
    refused: list[Failure] = []

    def refuse(failure: Failure) -> None:
        refused.append(failure)
        tell(failure.told())

    found = predictions(model, images, options.top, refuse)
    {"text": _text, "json": _json, "csv": _csv}[options.format](found, model)
    return USAGE if refused else FINE


def _model(options: argparse.Namespace) -> PredictingModel:
    """The model, ready to run. Raises Failure where the file is no such model, before Keras is started."""
    from resnet_dsl.cli.keras_start import start_keras
    from resnet_dsl.engines import runner, runs_without_keras
    from resnet_dsl.laboratory.prediction import PredictingModel, check_model
    from resnet_dsl.outputs import reads
    from resnet_dsl.targets.keras import read_graph
    from resnet_dsl.targets.keras.fresh import is_fresh
    from resnet_dsl.weights import read_about

    reads(options.model)
    graph, about = read_graph(options.model), read_about(options.model)
    check_model(graph, about)
    scaling = _scaling(options, about, graph)
    if is_fresh(options.model):
        tell(f"note: nobody has trained the model of `{options.model}`: its weights are random")
    require("predict", options)
    if not runs_without_keras():
        start_keras()
    compute = runner(options.model)
    (name, *others) = [output.name for output in graph.outputs]
    return PredictingModel(graph, about, compute if others else lambda images: {name: compute(images)}, scaling)


def _scaling(options: argparse.Namespace, about: About, graph: Graph) -> InputScaling | None:
    """What ``--mean`` and ``--std`` say, for each channel."""
    from resnet_dsl.laboratory.prediction import channels_of
    from resnet_dsl.weights import InputScaling

    if options.mean is None and options.std is None:
        return None
    if about.scaling is not None:
        raise Failure("the model normalises images itself", "leave out `--mean` and `--std`")
    channels = channels_of(graph)
    given = {"--mean": options.mean or (0.0,), "--std": options.std or (1.0,)}
    for option, numbers in given.items():
        if len(numbers) not in (1, channels):
            told = f"{option} has {counted(len(numbers), 'number')}, and images have {counted(channels, 'channel')}"
            raise Failure(told, "give one number, or one a channel")
        if max(map(abs, numbers)) > LARGEST:
            raise Failure(f"{option}: numbers up to {LARGEST:.0e} are taken, and images have none above 65,535")
    if min(given["--std"]) < 1 / LARGEST:
        raise Failure(
            f"--std: numbers above 0 are needed, {1 / LARGEST:.0e} at least: pixels are divided by them",
            "1 leaves them as they are",
        )
    mean, deviation = (numbers * (channels if len(numbers) == 1 else 1) for numbers in given.values())
    return InputScaling(mean, tuple(one**2 for one in deviation))


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is no whole number from 1 on")
    return int(text)


def _numbers(text: str) -> tuple[float, ...]:
    try:
        numbers = tuple(map(float, text.split(",")))
    except ValueError:
        numbers = ()
    if not numbers or not all(map(isfinite, numbers)):
        raise argparse.ArgumentTypeError(f"`{text}` is no number, and no numbers with commas between")
    return numbers


def _rows(found: Prediction) -> Iterator[tuple[str, str, int, Any]]:
    for output, classes in found.outputs.items():
        for rank, one in enumerate(classes, 1):
            yield found.image, output, rank, one


def _text(found: Iterator[Prediction], model: PredictingModel) -> None:
    from resnet_dsl.showing import line
    from resnet_dsl.tabular import padded

    several = len(model.graph.outputs) > 1
    for one in found:
        print(line(one.image))
        wide = max(len(line(each.name)) for _, _, _, each in _rows(one))
        for _, output, _, each in _rows(one):
            print(f"  {f'{output}  ' if several else ''}{padded(line(each.name), wide)}  {_shown(each.score, model)}")


def _shown(score: float, model: PredictingModel) -> str:
    return f"{100 * score:6.2f} %" if model.measure == "probability" else f"{score:10.4g}"


def _csv(found: Iterator[Prediction], model: PredictingModel) -> None:
    from resnet_dsl.tabular import comma_separated

    print(comma_separated([("image", "output", "rank", "index", "class", model.measure)]), end="")
    for one in found:
        rows = [(image, output, rank, each.number, each.name, each.score) for image, output, rank, each in _rows(one)]
        print(comma_separated(rows), end="")


def _json(found: Iterator[Prediction], model: PredictingModel) -> None:
    def described(classes: Sequence[Any]) -> list[dict[str, Any]]:
        return [{"class": one.name, "index": one.number, model.measure: one.score} for one in classes]

    images = [
        {"image": one.image, "outputs": {name: described(classes) for name, classes in one.outputs.items()}}
        for one in found
    ]
    print(json.dumps(images, indent=2))
