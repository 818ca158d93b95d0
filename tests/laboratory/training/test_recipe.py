"""The paper's recipe: its values are the defaults, its schedule and its optimiser are what it says."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_dsl.cli.training import add_training, chosen
from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.training.learner import learning_rates
from resnet_dsl.laboratory.training.options import CompareOptions, RecipeOptions, TrainOptions
from resnet_dsl.laboratory.training.run_folder import RunFolder, expect_same_run, write_json
from resnet_dsl.laboratory.training.run_folder import chosen as chosen_folder


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


@pytest.mark.keras
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


def test_the_options_of_the_command_line_are_those_of_the_dataclasses() -> None:
    """Nothing given is every default; and each option given reaches the field of its name, in the field's type."""
    parser = argparse.ArgumentParser()
    add_training(parser, TrainOptions)
    assert chosen(TrainOptions, parser.parse_args([])) == TrainOptions()
    given = "--data x --resize 4x5 --download --train-size 7 --epochs 2 --batch-size 3 --learning-rate 0.5 --momentum 0"
    given += " --weight-decay 0 --schedule cosine --milestones 0.1,0.2 --warmup 0.25 --augment none --pad 1"
    given += " --precision mixed_float16 --no-jit-compile --runs r --restart --tensorboard --checkpoint-steps 6"
    given += " --loss-weights aux=0.4,head=2 --devices 0 --workers a:1,b:2 --worker 1 --seed 9 -o folder"
    given += " --mean 1,-2 --std 0.5 --weights w --layout l --except head,b --except c --freeze stem"
    options = chosen(TrainOptions, parser.parse_args(given.split()))
    assert options == TrainOptions(
        data="x", resize=(4, 5), download=True, train_size=7, epochs=2, batch_size=3, learning_rate=0.5, momentum=0.0,
        weight_decay=0.0, schedule="cosine", milestones=(0.1, 0.2), warmup=0.25, augment="none", pad=1,
        precision="mixed_float16", jit_compile=False, runs=Path("r"), restart=True, tensorboard=True,
        loss_weights={"aux": 0.4, "head": 2.0}, mean=(1, -2), std=(0.5,),
        weights=Path("w"), layout="l", except_=("head", "b", "c"), freeze=("stem",),
        checkpoint_steps=6, devices=0, workers="a:1,b:2", worker=1, seed=9, out=Path("folder"),
    )  # fmt: skip
    assert not [name for name, value in vars(options).items() if value == getattr(TrainOptions(), name)]


@dataclass(frozen=True, kw_only=True)
class LaterOptions(RecipeOptions):
    """The recipe of a version to come, with one option more."""

    smoothing: float = 0.0


def described(recipe: RecipeOptions) -> dict[str, Any]:
    rest = {"network": "tiny", "ir_sha256": "0", "data": "digits", "data_sha256": "1", "backend": "jax", "seed": 0}
    return rest | {"recipe": recipe.identity()}


def test_run_folders_keep_the_names_that_version_0_1_0_gave_them() -> None:
    names = {
        "tiny-digits-97989c07": RecipeOptions(),
        "tiny-digits-3ececd98": RecipeOptions(epochs=3, milestones=(0.25,), jit_compile=True),
    }
    for name, recipe in names.items():
        assert chosen_folder(described(recipe), TrainOptions()).path == Path("runs") / name / "seed-0"


def test_a_later_option_at_its_default_is_the_run_that_was(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    before, after, other = map(described, (RecipeOptions(), LaterOptions(), LaterOptions(smoothing=0.1)))
    assert before == after
    write_json(folder.options, before)
    expect_same_run(folder, after)
    with pytest.raises(Failure, match=r"another run \(smoothing None there, 0.1 here\)"):
        expect_same_run(folder, other)


def test_a_later_option_that_is_used_is_another_run_for_the_version_before(tmp_path: Path) -> None:
    """Which does not know it, and would train on without it."""
    folder = RunFolder(tmp_path)
    write_json(folder.options, described(LaterOptions(smoothing=0.1)))
    with pytest.raises(Failure, match=r"another run \(smoothing 0.1 there, None here\)"):
        expect_same_run(folder, described(RecipeOptions()))
