"""The learning rate at every step of a training."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.laboratory.training.options import RecipeOptions


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
