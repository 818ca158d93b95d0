"""What ``train`` and ``compare`` can be told, with the paper's values as defaults. Imports nothing heavy.

An option is one field: the command line makes its argument of it (``cli/training.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from itertools import pairwise
from math import inf, isfinite
from pathlib import Path
from typing import Any, Literal, get_args

from resnet_dsl.failure import Failure

Schedule = Literal["step", "cosine", "constant"]
Augmentation = Literal["crop-flip", "crop", "none"]
Precision = Literal["float32", "mixed_float16", "mixed_bfloat16"]


def option(default: Any, words: str, metavar: str | None = None, *flags: str) -> Any:
    """A field with what the command line says of it: its help, what its value is called, and short flags."""
    return field(default=default, metadata={"help": words, "metavar": metavar, "flags": flags})


@dataclass(frozen=True, kw_only=True)
class DataOptions:
    """``data``: a name, tfds:NAME or a path. ``resize``: one length a spatial axis."""

    data: str = option(
        "mnist5k",
        "%(default)s (the default), fashion-mnist, digits, tfds:NAME, or a path: a folder with a folder of images a "
        "class, CIFAR's archives, idx files, .npz, TFRecords",
    )
    resize: tuple[int, ...] | None = option(None, "pool the images to this size: 14x14", "SIZE")
    download: bool = option(False, "let tensorflow-datasets download")

    def __post_init__(self) -> None:
        if self.resize is not None and min(self.resize, default=0) < 1:
            raise Failure("--resize takes lengths from 1, as 14x14")


@dataclass(frozen=True, kw_only=True)
class RecipeOptions:
    """How a network is trained: all that its final weights depend on, the seed, the data and the network apart.

    Defaults are those of the paper's CIFAR-10 networks (He et al. 2016, section 4.2): batches of 128, 64,000 steps,
    which are 164 epochs of 50,000 images, learning rate 0.1, divided by 10 after half and three quarters of them,
    momentum 0.9, weight decay 0.0001, images padded by 4 pixels, cropped at random and mirrored at random. ``warmup``
    is the fraction of the steps over which the rate rises from 0; ``milestones`` are fractions of the steps.
    ``jit_compile`` None lets the backend decide. ``precision`` mixes formats as Keras' policy of that name does.
    ``loss_weights``: by the names of outputs. ``mean`` and ``std``: what is subtracted from images
    first, and divides them, in their own units; None: the numbers of the file that the weights come from, else those of
    the training images.
    """

    epochs: int = option(164, "passes over the data (default: %(default)s)", "N")
    batch_size: int = option(128, "samples a step (default: %(default)s)", "N")
    learning_rate: float = option(0.1, "default: %(default)s", "RATE")
    momentum: float = option(0.9, "default: %(default)s")
    weight_decay: float = option(1e-4, "default: %(default)s", "DECAY")
    schedule: Schedule = option("step", "default: %(default)s")
    milestones: tuple[float, ...] = option((0.5, 0.75), "where a step falls (default: %(default)s)", "F,F")
    warmup: float = option(0.0, "fraction of the steps in which it rises", "F")
    augment: Augmentation = option("crop-flip", "default: %(default)s")
    pad: int = option(4, "pixels around the image to crop from (default: %(default)s)", "N")
    precision: Precision = option("float32", "Keras' policy")
    jit_compile: bool | None = option(None, "compile the step with XLA")
    loss_weights: dict[str, float] | None = option(
        None, "of several outputs, by which their losses are summed (default: 1 each): aux=0.4", "NAME=WEIGHT,…"
    )
    mean: tuple[float, ...] | None = option(
        None,
        "what is subtracted from images first, a number or one a channel, for weights whose training did so "
        "(default: as --weights FILE says, else the training images' mean; beside --std: 0)",
        "M,M,M",
    )
    std: tuple[float, ...] | None = option(
        None, "what they are divided by then (default: the same way, their deviation; beside --mean: 1)", "S,S,S"
    )

    def __post_init__(self) -> None:
        checks = {
            "--epochs is a number from 1": self.epochs >= 1,
            "--batch-size is a number from 1": self.batch_size >= 1,
            "--learning-rate is above 0": self.learning_rate > 0,
            "--momentum is from 0 to below 1": 0 <= self.momentum < 1,
            "--weight-decay is from 0": self.weight_decay >= 0,
            "--warmup is a fraction of the steps, from 0 to below 1": 0 <= self.warmup < 1,
            "--milestones are rising fractions of the steps, between 0 and 1": all(
                low < high for low, high in pairwise((0.0, *self.milestones, 1.0))
            ),
            "--pad is a number of pixels from 0": self.pad >= 0,
            "--loss-weights are numbers above 0": all(0 < one < inf for one in (self.loss_weights or {}).values()),
            "--mean is finite numbers": all(map(isfinite, self.mean or ())),
            "--std is finite numbers above 0": all(0 < one < inf for one in self.std or ()),
            f"--schedule is one of {', '.join(get_args(Schedule))}": self.schedule in get_args(Schedule),
            f"--augment is one of {', '.join(get_args(Augmentation))}": self.augment in get_args(Augmentation),
            f"--precision is one of {', '.join(get_args(Precision))}": self.precision in get_args(Precision),
        }
        for rule, kept in checks.items():
            if not kept:
                raise Failure(rule)

    def identity(self) -> dict[str, object]:
        """What tells this recipe from others, by name, as JSON holds it.

        What equals its default is left out, so that a new option leaves every run what it was; but for ALWAYS_TOLD.
        """
        told = ALWAYS_TOLD | {one.name for one in fields(self) if getattr(self, one.name) != one.default}
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name in told}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


ALWAYS_TOLD = frozenset(
    {"epochs", "batch_size", "learning_rate", "momentum", "weight_decay", "schedule", "milestones", "warmup"}
    | {"augment", "pad", "precision", "jit_compile"}
)
"""The options that the first version had: the folders of its runs are named by their values. No later one joins."""


@dataclass(frozen=True, kw_only=True)
class EngineOptions:
    """On what the training runs and what it leaves behind: nothing here changes what is learnt.

    ``checkpoint_steps``: after how many steps of an epoch the state is saved, beside its end. ``devices``: how many of
    this machine's (0: all). ``workers``: the addresses of all machines, ``host:port,host:port``, the first being the
    coordinator's; ``worker``: which of them this one is, from 0. Both may instead stand in the environment that Keras
    reads (KERAS_DISTRIBUTION_JOB_ADDRESSES, …_NUM_PROCESSES, …_PROCESS_ID).
    """

    runs: Path = option(Path("runs"), "where runs are kept (%(default)s)", "FOLDER")
    restart: bool = option(False, "forget what is there, and begin anew")
    tensorboard: bool = option(False, "write TensorBoard logs, too")
    checkpoint_steps: int = option(500, "save every N steps, too (%(default)s)", "N")
    devices: int = option(1, "of this machine; 0: all (default: %(default)s)", "N")
    workers: str | None = option(None, "all machines, the first one leading (JAX)", "HOST:PORT,…")
    worker: int | None = option(None, "which of them this one is, from 0", "N")

    def __post_init__(self) -> None:
        if self.checkpoint_steps < 1:
            raise Failure("--checkpoint-steps is a number from 1")
        if self.devices < 0:
            raise Failure("--devices is a number from 1, or 0 for all")
        if (self.workers is None) != (self.worker is None):
            raise Failure("--workers and --worker go together: all addresses, and which of them this one is")


@dataclass(frozen=True, kw_only=True)
class TrainingOptions(DataOptions, RecipeOptions, EngineOptions):
    """What ``train`` and ``compare`` have in common. ``train_size``: examples to use."""

    train_size: int | None = option(None, "use only N examples to train: 10000, 10_000 or 10K", "N")

    def __post_init__(self) -> None:
        for part in (DataOptions, RecipeOptions, EngineOptions):
            part.__post_init__(self)

    @property
    def recipe(self) -> RecipeOptions:
        """Those of the options that say how the network is trained."""
        return RecipeOptions(**_values(self, RecipeOptions))


@dataclass(frozen=True, kw_only=True)
class TrainOptions(TrainingOptions):
    """All options of ``train``. ``out`` is the run folder; None makes one under ``runs``, named for what it holds.

    ``weights``: of a file, by the names of layers or in a ``layout``; ``except_``: parts that begin fresh all the same;
    ``freeze``: parts that do not train.
    """

    seed: int = option(0, "of weights, order and augmentation (default: %(default)s)")
    out: Path | None = option(None, "the run folder (default: one under --runs)", "FOLDER", "-o")
    weights: Path | None = option(
        None, "start from these weights: a .keras, .weights.h5, .h5, .safetensors, .npz or .pth file", "FILE"
    )
    layout: str | None = option(
        None, "whose names the file of --weights has: timm, torchvision, … (default: as of `compile`)", "NAME"
    )
    except_: tuple[str, ...] = option(
        (), "with --weights: a stage, the stem, the head or a layer that begins with fresh ones", "PART"
    )
    freeze: tuple[str, ...] = option(
        (), "a stage, the stem, the head or a layer that does not train: stem,conv2; `all`: all but the heads", "PART"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.seed < 2**32:
            raise Failure("--seed is a number from 0 to 4294967295")


@dataclass(frozen=True, kw_only=True)
class CompareOptions(TrainingOptions):
    """All options of ``compare``: those of ``train``, with ``seeds`` trainings of each network (seeds 0, 1, …).

    ``out`` is what the files are called that it writes, without their endings.
    """

    seeds: int = option(3, "trainings of each network (default: %(default)s)", "N")
    out: Path = option(Path("comparison"), "NAME.svg, .png, .md, .csv (%(default)s)", "NAME", "-o")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.seeds < 1:
            raise Failure("--seeds is a number from 1")

    def of_seed(self, seed: int) -> TrainOptions:
        """The options of one of the trainings."""
        return TrainOptions(**_values(self, TrainingOptions), seed=seed)


def _values(options: TrainingOptions, kind: type[TrainingOptions | RecipeOptions]) -> dict[str, Any]:
    return {one.name: getattr(options, one.name) for one in fields(kind)}
