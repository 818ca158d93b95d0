"""What ``train`` and ``compare`` can be told, with the paper's values as defaults. Imports nothing heavy."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal, get_args

from resnet_dsl.failure import Failure

Schedule = Literal["step", "cosine", "constant"]
Augmentation = Literal["crop-flip", "crop", "none"]
Precision = Literal["float32", "mixed_float16", "mixed_bfloat16"]


@dataclass(frozen=True, kw_only=True)
class DataOptions:
    """``data``: a name, tfds:NAME or a path. ``resize``: one length a spatial axis. ``train_size``: examples to use."""

    data: str = "mnist5k"
    resize: tuple[int, ...] | None = None
    train_size: int | None = None
    download: bool = False

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
    """

    epochs: int = 164
    batch_size: int = 128
    learning_rate: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 1e-4
    schedule: Schedule = "step"
    milestones: tuple[float, ...] = (0.5, 0.75)
    warmup: float = 0.0
    augment: Augmentation = "crop-flip"
    pad: int = 4
    precision: Precision = "float32"
    jit_compile: bool | None = None

    def __post_init__(self) -> None:
        checks = {
            "--epochs is a number from 1": self.epochs >= 1,
            "--batch-size is a number from 1": self.batch_size >= 1,
            "--learning-rate is above 0": self.learning_rate > 0,
            "--momentum is from 0 to below 1": 0 <= self.momentum < 1,
            "--weight-decay is from 0": self.weight_decay >= 0,
            "--warmup is a fraction of the steps, from 0 to below 1": 0 <= self.warmup < 1,
            "--milestones are rising fractions of the steps, between 0 and 1": _rising(self.milestones),
            "--pad is a number of pixels from 0": self.pad >= 0,
            f"--schedule is one of {', '.join(get_args(Schedule))}": self.schedule in get_args(Schedule),
            f"--augment is one of {', '.join(get_args(Augmentation))}": self.augment in get_args(Augmentation),
            f"--precision is one of {', '.join(get_args(Precision))}": self.precision in get_args(Precision),
        }
        for rule, kept in checks.items():
            if not kept:
                raise Failure(rule)

    def as_dict(self) -> dict[str, object]:
        """The values by name, as JSON holds them."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


@dataclass(frozen=True, kw_only=True)
class EngineOptions:
    """On what the training runs and what it leaves behind: nothing here changes what is learnt.

    ``checkpoint_steps``: after how many steps of an epoch the state is saved, beside its end. ``devices``: how many of
    this machine's (0: all). ``workers``: the addresses of all machines, ``host:port,host:port``, the first being the
    coordinator's; ``worker``: which of them this one is, from 0. Both may instead stand in the environment that Keras
    reads (KERAS_DISTRIBUTION_JOB_ADDRESSES, …_NUM_PROCESSES, …_PROCESS_ID).
    """

    runs: Path = Path("runs")
    restart: bool = False
    tensorboard: bool = False
    checkpoint_steps: int = 500
    devices: int = 1
    workers: str | None = None
    worker: int | None = None

    def __post_init__(self) -> None:
        if self.checkpoint_steps < 1:
            raise Failure("--checkpoint-steps is a number from 1")
        if self.devices < 0:
            raise Failure("--devices is a number from 1, or 0 for all")
        if (self.workers is None) != (self.worker is None):
            raise Failure("--workers and --worker go together: all addresses, and which of them this one is")


@dataclass(frozen=True, kw_only=True)
class TrainOptions(DataOptions, RecipeOptions, EngineOptions):
    """All options of ``train``. ``out`` is the run folder; None makes one under ``runs``, named for what it holds."""

    seed: int = 0
    out: Path | None = None

    def __post_init__(self) -> None:
        for part in (DataOptions, RecipeOptions, EngineOptions):
            part.__post_init__(self)
        if not 0 <= self.seed < 2**32:
            raise Failure("--seed is a number from 0 to 4294967295")

    @property
    def recipe(self) -> RecipeOptions:
        """Those of the options that say how the network is trained."""
        return RecipeOptions(**{field.name: getattr(self, field.name) for field in fields(RecipeOptions)})


@dataclass(frozen=True, kw_only=True)
class CompareOptions(DataOptions, RecipeOptions, EngineOptions):
    """All options of ``compare``: those of ``train``, with ``seeds`` trainings of each network (seeds 0, 1, …).

    ``out`` is what the files are called that it writes, without their endings.
    """

    seeds: int = 3
    out: Path = Path("comparison")

    def __post_init__(self) -> None:
        for part in (DataOptions, RecipeOptions, EngineOptions):
            part.__post_init__(self)
        if self.seeds < 1:
            raise Failure("--seeds is a number from 1")

    def of_seed(self, seed: int) -> TrainOptions:
        """The options of one of the trainings."""
        names = {field.name for part in (DataOptions, RecipeOptions, EngineOptions) for field in fields(part)}
        return TrainOptions(**{name: getattr(self, name) for name in names}, seed=seed)


def _rising(fractions: tuple[float, ...]) -> bool:
    return all(low < high for low, high in zip((0.0, *fractions), (*fractions, 1.0), strict=True))
