"""The training loop: Keras' ``fit``, an epoch at a time, from wherever the last run stopped."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from resnet_dsl.laboratory.training import checkpoint, history
from resnet_dsl.laboratory.training.batches import EvaluationBatches, Feed, TrainingBatches
from resnet_dsl.laboratory.training.checkpoint import Checkpoint, TrainingPosition
from resnet_dsl.laboratory.training.engine import TrainingEngine
from resnet_dsl.laboratory.training.history import EpochRecord
from resnet_dsl.laboratory.training.learner import Learner
from resnet_dsl.laboratory.training.progress import Report
from resnet_dsl.laboratory.training.run_folder import Ending, RunFolder
from resnet_dsl.targets.keras.private.grouping import groups_apart


class Interruption:
    """Ctrl-C, and the request to end that a cluster sends before it kills: obeyed when a step is done.

    Within its block the first of ``signals`` only sets ``asked``; the second ends the process as ever.
    """

    def __init__(self, signals: Sequence[int], noted: Callable[[], None]) -> None:
        self.asked = False
        self._signals = signals
        self._noted = noted
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in self._signals}
        return self

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        self._noted()

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


@dataclass(frozen=True, eq=False)
class TrainingPlan:
    """What is to be done: ``epochs`` of ``steps`` steps each, on these feeds, saved every ``checkpoint_steps``."""

    training: Feed
    testing: Feed
    seed: int
    epochs: int
    checkpoint_steps: int
    rates: NDArray[np.float32]

    @property
    def steps(self) -> int:
        return len(self.training.examples) // self.training.batch_size


class _Watch(keras.callbacks.Callback):  # type: ignore[misc]
    """Follows one epoch: restores its state before the first step, saves it on the way, stops when asked to."""

    def __init__(self, loop: Loop, state: Checkpoint, interruption: Interruption) -> None:
        super().__init__()
        self.loop, self.state, self.interruption = loop, state, interruption
        self.position = state.position

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if batch == 0:
            self.loop.learner.begin(self.state)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.position = TrainingPosition(self.position.epoch, self.position.step + 1)
        self.loop.report.step(self.position.epoch, logs)
        plan, asked = self.loop.plan, self.interruption.asked
        if self.position.step < plan.steps and (asked or self.position.step % plan.checkpoint_steps == 0):
            model = self.model  # fetched before the state is saved: with JAX, this brings the variables up to date
            self.loop.save(self.position)
            model.stop_training = asked


class Loop:
    """One training, from a state to its end or an interruption."""

    def __init__(
        self, learner: Learner, plan: TrainingPlan, folder: RunFolder, engine: TrainingEngine, report: Report
    ) -> None:
        self.learner, self.plan, self.folder, self.engine, self.report = learner, plan, folder, engine, report

    def run(
        self, state: Checkpoint, interruption: Interruption, hearers: Sequence[Callable[[EpochRecord], None]]
    ) -> Ending:
        """Train on from ``state``; the hearers are told of each epoch when its row is in the history."""
        while state.position.epoch < self.plan.epochs:
            reached, logs = self._epoch(state, interruption)
            if reached.step < self.plan.steps:
                return "interrupted"
            row = self._tested(reached.epoch, logs)
            if self.engine.leads:
                history.append(self.folder.history, row)
            for hear in hearers:
                hear(row)
            state = self.save(TrainingPosition(reached.epoch + 1, 0))
            if not math.isfinite(row.train_loss) or not math.isfinite(row.test_loss):
                return "diverged"
            if interruption.asked and state.position.epoch < self.plan.epochs:
                return "interrupted"
        return "finished"

    def _epoch(self, state: Checkpoint, interruption: Interruption) -> tuple[TrainingPosition, dict[str, float]]:
        """What is left of the epoch that ``state`` stands in; where it ended, and its means."""
        start, watch = state.position, _Watch(self, state, interruption)
        batches = TrainingBatches(self.plan.training, self.plan.seed, *start)
        with groups_apart():
            fitted = self.learner.model.fit(  # unless told not to, fit shuffles the order of the batches it is given
                batches, initial_epoch=start.epoch, epochs=start.epoch + 1, shuffle=False, callbacks=[watch], verbose=0
            )
        return watch.position, {name: values[-1] for name, values in fitted.history.items()}

    def _tested(self, epoch: int, logs: dict[str, float]) -> EpochRecord:
        with groups_apart():
            tested = self.learner.model.evaluate(EvaluationBatches(self.plan.testing), return_dict=True, verbose=0)
        for metric in self.learner.metrics:
            metric.reset_state()  # the sums were last used for testing
        rate = float(self.plan.rates[(epoch + 1) * self.plan.steps - 1])
        return history.recorded(epoch + 1, rate, logs, tested, self.learner.weights)

    def save(self, position: TrainingPosition) -> Checkpoint:
        """The state at this position, which the folder then has, too."""
        state = self.learner.saved(position)
        if self.engine.leads:
            checkpoint.save(self.folder.checkpoint, state)
        return state
