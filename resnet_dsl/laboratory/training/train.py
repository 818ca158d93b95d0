"""``train``: one network, one seed, to the end, from wherever it stopped."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import keras
from rich.console import Console

from resnet_dsl.failure import Failure
from resnet_dsl.ir import lengths
from resnet_dsl.laboratory.data import Dataset, fitted, load
from resnet_dsl.laboratory.data.by_name import NamedDataset
from resnet_dsl.laboratory.data.dataset import numbers
from resnet_dsl.laboratory.training import checkpoint, history
from resnet_dsl.laboratory.training.batches import Feed, Normalises
from resnet_dsl.laboratory.training.by_name import (
    AugmentAlike,
    checked_weights,
    data_by_name,
    take_weights,
)
from resnet_dsl.laboratory.training.chance import Augmenter
from resnet_dsl.laboratory.training.checkpoint import Checkpoint, TrainingPosition
from resnet_dsl.laboratory.training.curves import Curve, draw
from resnet_dsl.laboratory.training.engine import TrainingEngine, precision, started
from resnet_dsl.laboratory.training.history import EpochRecord
from resnet_dsl.laboratory.training.learner import Learner, learning_rates
from resnet_dsl.laboratory.training.loop import Interruption, Loop, TrainingPlan
from resnet_dsl.laboratory.training.network import Beginning, NetworkEnds, TrainableNetwork, ends_of
from resnet_dsl.laboratory.training.normalising import normalisation, told
from resnet_dsl.laboratory.training.options import TrainingOptions, TrainOptions
from resnet_dsl.laboratory.training.progress import Report, logged, percent, say
from resnet_dsl.laboratory.training.run_folder import Ending, RunFolder, chosen, description, expect_same_run
from resnet_dsl.laboratory.training.start import FRESH, Start, start_of
from resnet_dsl.sentences import counted

Data: TypeAlias = Dataset | NamedDataset

DIVERGED = "try a smaller --learning-rate, or a --warmup over the first steps"
"""What to do about a loss that is no longer a number."""


@dataclass(frozen=True)
class Trained:
    """How a training ended and what it left: its folder and a row an epoch. ``anew`` is False where it was there."""

    folder: Path
    seed: int
    ending: Ending
    rows: tuple[EpochRecord, ...]
    anew: bool = True


def train(network: TrainableNetwork, options: TrainOptions, console: Console) -> Trained:
    """Train ``network`` as ``options`` say; the same call goes on after an interruption, and does nothing at the end.

    Raises Failure where data, network and options do not fit each other.
    """
    ends = ends_of(network)
    checked_weights(options.loss_weights, network, ends)
    with started(options, options.jit_compile is True) as engine:
        console = console if engine.leads else Console(quiet=True)
        dataset = data_for([network], options, console) if ends is None else _named(network, ends, options, console)
        return train_on(network, dataset, options, engine, console)


def data_for(networks: Sequence[TrainableNetwork], options: TrainingOptions, console: Console) -> Dataset:
    """The data set that the options name, in the shape that all of the networks take; it is named on the console."""
    channels = lengths.channels(networks[0].input_shape)
    dataset = load(options.data, resize=options.resize, channels=channels, download=options.download)
    if options.train_size is not None:
        dataset = dataset.limited(options.train_size)
    for network in networks:
        dataset = fitted(dataset, network.input_shape, network.classes, network.telling_apart)
    say(console, f"data: {dataset.described}")
    if dataset.class_names != numbers(dataset.classes):
        say(console, f"classes: {dataset.named([*range(dataset.classes)])}")
    for remark in dataset.remarks():
        say(console, f"note: {remark}")
    return dataset


def _named(network: TrainableNetwork, ends: NetworkEnds, options: TrainOptions, console: Console) -> NamedDataset:
    """``data_for`` a network of several inputs or outputs."""
    dataset = data_by_name(network, ends, options)
    say(console, f"data: {dataset.described}")
    for remark in dataset.remarks():
        say(console, f"note: {remark}")
    return dataset


@dataclass(frozen=True, eq=False)
class Training:
    """What is trained, on what, how, and from where."""

    network: TrainableNetwork
    dataset: Data
    options: TrainOptions
    start: Start
    beginning: Beginning | None

    @cached_property
    def normalisation(self) -> Normalises:
        return normalisation(self.dataset.train, self.options, self.start.scaling)

    @property
    def said(self) -> tuple[str, ...]:
        """What a user is told of where it starts."""
        said = () if self.beginning is None else self.beginning.said
        if self.start.frozen and self.start.saved is None:
            said = (*said, "what is frozen keeps fresh, random weights: there is no `--weights`")
        return (*said, *self._said_of_images())

    def _said_of_images(self) -> tuple[str, ...]:
        """Weights belong to images that enter as they did in their own training."""
        saved = self.start.saved
        if saved is None or told(self.options):
            return ()
        if saved.about.scaling is not None:
            return (f"images are normalised first, as by {saved.path}",)
        said = f"images are normalised by their own mean and deviation: {saved.path} does not say otherwise"
        return (f"{said}; `--mean` and `--std` do",)


def train_on(
    network: TrainableNetwork, dataset: Data, options: TrainOptions, engine: TrainingEngine, console: Console
) -> Trained:
    """Train on a data set that is there."""
    if options.batch_size % engine.replicas:
        raise Failure(f"--batch-size {options.batch_size} does not divide over {engine.replicas} devices")
    if len(dataset.train) < options.batch_size:
        raise Failure(f"--batch-size {options.batch_size}: only {counted(len(dataset.train), 'image')} to train")
    training = _training(network, dataset, options)
    described = description(network, dataset, options, keras.backend.backend(), training.start)
    folder = chosen(described, options)
    if not engine.leads:
        return _trained(training, engine, folder, console)
    with folder.held():
        if options.restart:
            folder.clear()
        expect_same_run(folder, described)
        outcome = folder.outcome()
        if outcome is not None and engine.share.count == 1:
            ending, rows = outcome
            say(console, f"{network.name}, seed {options.seed}: {ending} before, in {folder.path}")
            return Trained(folder.path, options.seed, ending, tuple(rows), False)
        folder.begin(network, options, described, dataset, training.normalisation.told)
        return _trained(training, engine, folder, console)


def _training(network: TrainableNetwork, dataset: Data, options: TrainOptions) -> Training:
    """Before anything is written: raises Failure where the weights to start from do not fit."""
    start = start_of(options.weights, options.layout, options.except_, options.freeze)
    return Training(network, dataset, options, start, None if start == FRESH else network.beginning(start))


def _trained(training: Training, engine: TrainingEngine, folder: RunFolder, console: Console) -> Trained:
    network, options = training.network, training.options
    plan = _plan(training, engine, console)
    with precision(options.precision), engine.scope():
        keras.utils.set_random_seed(options.seed)
        learner = Learner(network, options.seed, options.recipe, plan.rates, training.beginning)
    for remark in training.said:
        say(console, f"note: {remark}")
    state = _state(learner, engine, folder, plan)
    done = state.position.epoch * plan.steps + state.position.step
    if done:
        say(console, f"{network.name}: going on after step {done:,} of {len(plan.rates):,}")
    rows = _kept(folder, state.position.epoch) if engine.leads else []
    title = f"{network.name}, seed {options.seed}"
    # Several processes must stop after the same step and cannot agree on it: there Ctrl-C ends at once, as ever.
    signals = (signal.SIGINT, signal.SIGTERM) if engine.share.count == 1 else ()
    with (
        Report(console, title, len(plan.rates), done, plan.epochs) as report,
        Interruption(signals, lambda: say(console, "ending after this step; once more to end at once")) as interruption,
        logged(folder.tensorboard, options.tensorboard and engine.leads) as written,
    ):
        hearers = (rows.append, report.row, written)
        ending = Loop(learner, plan, folder, engine, report).run(state, interruption, hearers)
    trained = Trained(folder.path, options.seed, ending, tuple(rows))
    if engine.leads:
        with engine.alone():
            _finish(training, learner, folder, trained, console)
    return trained


def _plan(training: Training, engine: TrainingEngine, console: Console) -> TrainingPlan:
    dataset, options, normalised = training.dataset, training.options, training.normalisation
    augmenter = _augmenter(dataset, options, console)
    fed = Feed(dataset.train, normalised, options.batch_size, engine.share, augmenter)
    testing = Feed(dataset.test, normalised, options.batch_size, engine.share)
    steps = len(dataset.train) // options.batch_size
    rates = learning_rates(options, steps * options.epochs)
    return TrainingPlan(fed, testing, options.seed, options.epochs, options.checkpoint_steps, rates)


def _augmenter(dataset: Data, options: TrainOptions, console: Console) -> Augmenter | AugmentAlike | None:
    if options.augment == "none":
        return None
    shapes = [one.shape for one in dataset.inputs.values()] if isinstance(dataset, NamedDataset) else [dataset.shape]
    images = sum(len(shape) == 3 for shape in shapes)
    if not images:
        say(console, "no augmentation: it is for images")
        return None
    flip = options.augment == "crop-flip" and dataset.mirrors
    if options.augment == "crop-flip" and not dataset.mirrors:
        say(console, f"images are cropped, not mirrored: a mirrored image of {dataset.name} means something else")
    if images > 1:
        say(console, "the images of an example are cropped and mirrored alike")
    augmenter = Augmenter(options.seed, options.pad, flip)
    return AugmentAlike(augmenter) if isinstance(dataset, NamedDataset) else augmenter


def _state(learner: Learner, engine: TrainingEngine, folder: RunFolder, plan: TrainingPlan) -> Checkpoint:
    """Where the training stands: the folder's checkpoint, or its beginning."""
    found = checkpoint.load(folder.checkpoint) if engine.leads else None
    beginning = learner.saved(TrainingPosition(0, 0))
    if found is not None:
        checkpoint.expect_fit(folder.checkpoint, found, beginning, plan.epochs, plan.steps)
    state = engine.agreed(found or beginning)
    learner.restore(state)
    return state


def _kept(folder: RunFolder, epochs: int) -> list[EpochRecord]:
    """The rows of the epochs that the checkpoint stands behind."""
    found = len(history.read(folder.history))
    if found < epochs:
        raise history.damaged(folder.history, f"it has {found} rows, the checkpoint stands behind {epochs} epochs")
    return history.keep(folder.history, epochs)


def _finish(training: Training, learner: Learner, folder: RunFolder, trained: Trained, console: Console) -> None:
    network, dataset = training.network, training.dataset
    if trained.ending == "interrupted":
        say(console, f"interrupted; the same command goes on from here: {folder.path}")
        return
    model = network.build(trained.seed, logits=False, scaling=training.normalisation.scaling)
    if isinstance(dataset, Dataset):
        model.set_weights(learner.model.get_weights())
        network.save(model, folder.model, dataset.class_names)
    else:
        take_weights(model, learner.model)
        names = [*dataset.class_names.values()]
        network.save(model, folder.model, names[0] if len(names) == 1 else ())
    draw(folder.path / "curves", _curves(network, trained.rows))
    last = trained.rows[-1]
    remedy = DIVERGED if trained.ending == "diverged" else None
    folder.finish(trained.ending, last, remedy)
    if remedy is not None:
        say(console, f"{network.name} diverged in epoch {last.epoch}: the loss is no longer a number; {remedy}")
    errors = f"training error {percent(last.train_error)}, test error {percent(last.test_error)}"
    say(console, f"{network.name}, seed {trained.seed}: {errors}, in {folder.path}")
    for one in last.outputs:
        say(console, f"{one.name}: training error {percent(one.train_error)}, test error {percent(one.test_error)}")


def _curves(network: TrainableNetwork, rows: Sequence[EpochRecord]) -> list[Curve]:
    """One, or one for each of several outputs."""
    if not rows[-1].outputs:
        return [Curve(network.name, network.residual, [rows])]
    by_output = zip(*([row.of_output(one) for one in row.outputs] for row in rows), strict=True)
    named = zip(rows[-1].outputs, by_output, strict=True)
    return [Curve(one.name, network.residual, [history]) for one, history in named]
