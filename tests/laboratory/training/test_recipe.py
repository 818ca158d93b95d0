"""The paper's recipe: its values are the defaults, its schedule and its optimiser are what it says."""

from __future__ import annotations

import numpy as np
import pytest

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.training.options import CompareOptions, RecipeOptions, TrainOptions
from resnet_dsl.laboratory.training.schedule import learning_rates


def test_the_defaults_are_the_papers() -> None:
    """He et al. 2016, section 4.2: 64,000 steps of 128 images, of 50,000; rate 0.1, then 0.01 and 0.001."""
    recipe = RecipeOptions()
    steps = 50_000 // recipe.batch_size * recipe.epochs
    assert abs(steps - 64_000) < 50_000 / 128
    rates = learning_rates(recipe, 64_000)
    assert rates[[0, 31_999]].tolist() == pytest.approx([0.1, 0.1])
    assert rates[[32_000, 47_999]].tolist() == pytest.approx([0.01, 0.01])
    assert rates[[48_000, 63_999]].tolist() == pytest.approx([0.001, 0.001])
    assert (recipe.momentum, recipe.weight_decay, recipe.augment, recipe.pad) == (0.9, 1e-4, "crop-flip", 4)


def test_cosine_with_warm_up_is_keras_own() -> None:
    keras = pytest.importorskip("keras")
    rates = learning_rates(RecipeOptions(schedule="cosine", warmup=0.1, learning_rate=0.2), 200)
    expected = keras.optimizers.schedules.CosineDecay(0.0, 180, warmup_target=0.2, warmup_steps=20)
    # Keras begins its warm-up at 0, where a step would change nothing; this one a step later.
    np.testing.assert_allclose(rates[:19], [float(expected(step + 1)) for step in range(19)], rtol=1e-5)
    np.testing.assert_allclose(rates[20:], [float(expected(step)) for step in range(20, 200)], rtol=1e-4, atol=1e-7)


def test_constant_and_odd_lengths() -> None:
    assert learning_rates(RecipeOptions(schedule="constant"), 3).tolist() == pytest.approx([0.1] * 3)
    assert learning_rates(RecipeOptions(schedule="cosine"), 1).tolist() == pytest.approx([0.1])
    assert len(learning_rates(RecipeOptions(), 1)) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"epochs": 0}, "--epochs"),
        ({"batch_size": 0}, "--batch-size"),
        ({"learning_rate": 0.0}, "--learning-rate"),
        ({"momentum": 1.0}, "--momentum"),
        ({"weight_decay": -1.0}, "--weight-decay"),
        ({"warmup": 1.0}, "--warmup"),
        ({"milestones": (0.75, 0.5)}, "--milestones"),
        ({"milestones": (0.5, 1.0)}, "--milestones"),
        ({"schedule": "linear"}, "--schedule is one of step, cosine, constant"),
        ({"augment": "rotate"}, "--augment"),
        ({"precision": "float8"}, "--precision"),
        ({"resize": (0, 14)}, "--resize"),
        ({"devices": -1}, "--devices"),
        ({"worker": 1}, "--workers and --worker go together"),
        ({"checkpoint_steps": 0}, "--checkpoint-steps"),
        ({"seed": -1}, "--seed"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(Failure, match=words):
        TrainOptions(**options)


def test_one_of_a_comparisons_trainings_is_a_training() -> None:
    options = CompareOptions(epochs=3, resize=(14, 14), seeds=2, learning_rate=0.05)
    assert options.of_seed(1) == TrainOptions(epochs=3, resize=(14, 14), learning_rate=0.05, seed=1)
    with pytest.raises(Failure, match="--seeds"):
        CompareOptions(seeds=0)


def test_the_optimiser_is_the_papers() -> None:
    """Weight decay in the gradient, so that it gathers momentum: as PyTorch's SGD, which followed Torch and Caffe."""
    torch = pytest.importorskip("torch")
    keras = pytest.importorskip("keras")
    from resnet_dsl.laboratory.training.learner import PaperSGD, Rates

    start, gradients = (
        np.array([1.0, -2.0], np.float32),
        np.random.default_rng(0).normal(size=(8, 2)).astype(np.float32),
    )
    theirs = torch.nn.Parameter(torch.tensor(start))
    optimiser = torch.optim.SGD([theirs], lr=0.1, momentum=0.9, weight_decay=0.01)
    ours = keras.Variable(start)
    paper = PaperSGD(Rates(np.full(8, 0.1, np.float32)), 0.9, 0.01)
    for gradient in gradients:
        theirs.grad = torch.tensor(gradient)
        optimiser.step()
        paper.apply([keras.ops.convert_to_tensor(gradient)], [ours])
    np.testing.assert_allclose(keras.ops.convert_to_numpy(ours), theirs.detach().numpy(), rtol=1e-5)
