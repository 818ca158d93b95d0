"""The options of `train` and `compare`."""

from __future__ import annotations

import argparse
import re
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, get_args

from resnet_dsl.laboratory.training.options import Augmentation, Precision, Schedule

Options = TypeVar("Options")


def lengths(text: str) -> tuple[int, ...]:
    """``14x14`` as numbers."""
    if not re.fullmatch(r"\d{1,5}(x\d{1,5}){0,2}", text):
        raise argparse.ArgumentTypeError(f"`{text}` is not a size like 14x14")
    return tuple(map(int, text.split("x")))


def fractions(text: str) -> tuple[float, ...]:
    """``0.5,0.75`` as numbers."""
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is not a list of numbers like 0.5,0.75") from None


def add_data(parser: argparse.ArgumentParser) -> None:
    """The data."""
    group = parser.add_argument_group("data")
    group.add_argument(
        "--data",
        default="mnist5k",
        help="mnist5k (the default), fashion-mnist, digits, tfds:NAME, or a path: a folder with a folder of images a "
        "class, CIFAR's archives, idx files, .npz, TFRecords",
    )
    group.add_argument("--resize", type=lengths, metavar="SIZE", help="pool the images to this size: 14x14")
    group.add_argument("--download", action="store_true", help="let tensorflow-datasets download")


def add_recipe(parser: argparse.ArgumentParser) -> None:
    """How a network is trained; the defaults are the paper's for CIFAR-10 (He et al. 2016, section 4.2)."""
    group = parser.add_argument_group("training")
    group.add_argument("--train-size", type=int, metavar="N", help="use only N examples to train")
    group.add_argument("--epochs", type=int, default=164, metavar="N", help="passes over the data (default: 164)")
    group.add_argument("--batch-size", type=int, default=128, metavar="N", help="samples a step (default: 128)")
    group.add_argument("--learning-rate", type=float, default=0.1, metavar="RATE", help="default: 0.1")
    group.add_argument("--momentum", type=float, default=0.9, help="default: 0.9")
    group.add_argument("--weight-decay", type=float, default=1e-4, metavar="DECAY", help="default: 0.0001")
    group.add_argument("--schedule", choices=get_args(Schedule), default="step", help="default: step")
    group.add_argument(
        "--milestones",
        type=fractions,
        default=(0.5, 0.75),
        metavar="F,F",
        help="where a step falls (default: 0.5,0.75)",
    )
    group.add_argument("--warmup", type=float, default=0.0, metavar="F", help="fraction of the steps in which it rises")
    group.add_argument("--augment", choices=get_args(Augmentation), default="crop-flip", help="default: crop-flip")
    group.add_argument(
        "--pad", type=int, default=4, metavar="N", help="pixels around the image to crop from (default: 4)"
    )
    group.add_argument("--precision", choices=get_args(Precision), default="float32", help="Keras' policy")
    group.add_argument(
        "--jit-compile", action=argparse.BooleanOptionalAction, default=None, help="compile the step with XLA"
    )


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Where it runs and what it leaves behind."""
    group = parser.add_argument_group("running")
    group.add_argument("--runs", type=Path, default=Path("runs"), metavar="FOLDER", help="where runs are kept (runs)")
    group.add_argument("--restart", action="store_true", help="forget what is there, and begin anew")
    group.add_argument("--tensorboard", action="store_true", help="write TensorBoard logs, too")
    group.add_argument("--checkpoint-steps", type=int, default=500, metavar="N", help="save every N steps, too (500)")
    group.add_argument("--devices", type=int, default=1, metavar="N", help="of this machine; 0: all (default: 1)")
    group.add_argument("--workers", metavar="HOST:PORT,…", help="all machines, the first one leading (JAX)")
    group.add_argument("--worker", type=int, metavar="N", help="which of them this one is, from 0")


def chosen(kind: type[Options], options: argparse.Namespace) -> Options:
    """The typed options from the command line's. Raises Failure where one is out of its range."""
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    given: dict[str, Any] = {name: value for name, value in vars(options).items() if name in names}
    return kind(**given)
