"""A network made ready to learn: its logits, the paper's optimiser, loss and error."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from resnet_dsl.laboratory.training import checkpoint
from resnet_dsl.laboratory.training.by_name import checked_weights
from resnet_dsl.laboratory.training.checkpoint import Checkpoint, TrainingPosition
from resnet_dsl.laboratory.training.network import Beginning, TrainableNetwork, ends_of
from resnet_dsl.laboratory.training.options import RecipeOptions

TORCH = "torch"
"""Under what name a checkpoint holds the state of PyTorch's generator."""


def learning_rates(recipe: RecipeOptions, steps: int) -> NDArray[np.float32]:
    """The rate of each of ``steps`` steps, shape (steps,).

    Warm-up rises in a line over its fraction of the steps (Goyal et al. 2017). After it: ``step`` divides by 10 at each
    milestone, a fraction of all steps (He et al. 2016); ``cosine`` falls to 0 over the steps that remain (Loshchilov
    and Hutter 2017, without restarts); ``constant`` stays.
    """
    step = np.arange(steps, dtype=np.float64)
    warm = round(recipe.warmup * steps)
    if recipe.schedule == "cosine":
        factors = 0.5 * (1 + np.cos(np.pi * (step - warm) / max(steps - warm, 1)))
    elif recipe.schedule == "step":
        passed = [step >= round(milestone * steps) for milestone in recipe.milestones]
        factors = 0.1 ** np.sum(passed, axis=0, dtype=np.float64) * np.ones(steps)
    else:
        factors = np.ones(steps)
    factors[:warm] = (step[:warm] + 1) / warm if warm else 1.0
    rates: NDArray[np.float32] = (recipe.learning_rate * factors).astype(np.float32)
    return rates


class Rates(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A learning rate for every step, read from a table."""

    def __init__(self, rates: NDArray[np.float32]) -> None:
        self.rates = rates

    def __call__(self, step: Any) -> Any:
        last = len(self.rates) - 1
        return keras.ops.take(self.rates, keras.ops.minimum(keras.ops.cast(step, "int32"), last), axis=0)

    def get_config(self) -> dict[str, Any]:
        return {"rates": self.rates.tolist()}


class PaperSGD(keras.optimizers.SGD):  # type: ignore[misc]
    """SGD with momentum whose weight decay is part of the gradient, as in the paper's Caffe, and so gathers momentum.

    Keras' own ``weight_decay`` is taken off the weights beside the gradient (Loshchilov and Hutter 2019); with momentum
    0.9 that is a tenth of it. All weights decay, those of normalisations too.
    """

    def __init__(self, learning_rate: Rates, momentum: float, gradient_decay: float) -> None:
        super().__init__(learning_rate, momentum=momentum)
        self.gradient_decay = gradient_decay

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        if self.gradient_decay:
            weight = keras.ops.cast(variable, gradient.dtype)
            gradient = keras.ops.add(gradient, keras.ops.multiply(weight, self.gradient_decay))
        super().update_step(gradient, variable, learning_rate)


class Learner:
    """The compiled model, and the whole of its state.

    It learns on the logits: a softmax at the network's end is left off and joined to the loss, which is exact where the
    probability of a class underflows.

    weights: of the losses of several outputs, by name; none where there is one. beginning: None where it is from
    scratch.
    """

    def __init__(
        self,
        network: TrainableNetwork,
        seed: int,
        recipe: RecipeOptions,
        rates: NDArray[np.float32],
        beginning: Beginning | None = None,
    ) -> None:
        if beginning is None:
            self.model = network.build(seed, logits=True)
        else:
            self.model = network.build(seed, logits=True, beginning=beginning)
        optimizer = PaperSGD(Rates(rates), recipe.momentum, recipe.weight_decay)
        self.weights = checked_weights(recipe.loss_weights, network, ends_of(network))
        metrics: Any = {name: _metrics() for name in self.weights} or _metrics()
        self.metrics = [one for named in metrics.values() for one in named] if self.weights else metrics
        loss: Any = {name: _loss() for name in self.weights} or _loss()
        jit = _jit(recipe.jit_compile)
        self.model.compile(
            optimizer, loss, loss_weights=self.weights or None, weighted_metrics=metrics, jit_compile=jit
        )
        self.model.optimizer.build(self.model.trainable_variables)

    def variables(self) -> list[Any]:
        """Weights, moving statistics, states of random layers, momenta, the step, and the epoch's sums so far."""
        return [*self.model.variables, *self.model.optimizer.variables, *self._sums()]

    def saved(self, position: TrainingPosition) -> Checkpoint:
        """The state as of now, which is ``position``."""
        return Checkpoint(position, _torch_state() | checkpoint.values_of(self.variables()))

    def restore(self, state: Checkpoint) -> None:
        """Go back to a state."""
        checkpoint.assign(self.variables(), {name: value for name, value in state.values.items() if name != TORCH})

    def begin(self, state: Checkpoint) -> None:
        """Go back to those parts of a state that fit has changed before the first step.

        It sets the sums of the epoch to 0, or leaves them; and its loader draws from PyTorch's generator.
        """
        if TORCH in state.values:
            import torch

            torch.set_rng_state(torch.from_numpy(state.values[TORCH]))
        sums = self._sums()
        checkpoint.assign(sums, dict(list(state.values.items())[-len(sums) :]))

    def _sums(self) -> list[Any]:
        return [variable for metric in self.metrics for variable in metric.variables]


def _loss() -> Any:
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def _metrics() -> list[Any]:
    """Those of one output."""
    return [
        keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="cross_entropy"),
        keras.metrics.SparseCategoricalAccuracy(name="accuracy"),
    ]


def _torch_state() -> dict[str, NDArray[Any]]:
    """PyTorch's own generator, which layers without a seed draw from there."""
    if keras.backend.backend() != "torch":
        return {}
    import torch

    return {TORCH: torch.get_rng_state().numpy()}


def _jit(asked: bool | None) -> bool | str:
    """Keras' choice, but never XLA for TensorFlow on CPU alone, where it compiles for minutes and gains nothing."""
    if asked is not None:
        return asked
    if keras.backend.backend() != "tensorflow":
        return "auto"
    import tensorflow as tf

    return "auto" if tf.config.list_physical_devices("GPU") else False
