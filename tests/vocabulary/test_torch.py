"""The table against PyTorch itself: names, arguments and defaults; and what a translated call computes."""

import inspect
import re
from typing import Any

import numpy as np
import pytest

from resnet_dsl.pipeline import load_text
from resnet_dsl.vocabulary.table import WordRow, rows
from resnet_dsl.vocabulary.translating import translate
from tests.vocabulary.comparing import compare, give, model_of, remedy_of
from tests.vocabulary.drawn import drawn, draws, map_of
from tests.vocabulary.test_translating import network_of

torch = pytest.importorskip("torch")
nn = torch.nn
pytestmark = pytest.mark.backends

TORCH = [row for row in rows() if row.tool == "PyTorch" and "nn" in row.prefixes]
MODULES = [(row, name) for row in TORCH for name in row.names if inspect.isclass(getattr(nn, name, None))]
CONTAINERS = {"Container", "DataParallel", "RNNBase", "RNNCellBase"}
RARE = {"CosineSimilarity", "PairwiseDistance"}
"""What measures how far vectors are apart."""


@pytest.mark.parametrize(("row", "name"), MODULES, ids=lambda one: one if isinstance(one, str) else "")
def test_arguments_and_defaults_are_those_of_pytorch(row: WordRow, name: str) -> None:
    taken = list(inspect.signature(getattr(nn, name).__init__).parameters.values())[1:]
    theirs = [one for one in taken if one.kind is one.POSITIONAL_OR_KEYWORD]
    assert [one.name for one in row.takes] == [one.name for one in theirs[: len(row.takes)]]
    for ours, one in zip(row.takes, theirs, strict=False):
        assert ours.value == ("" if one.default is one.empty else repr(one.default))


def test_every_module_of_pytorch_is_in_the_table() -> None:
    theirs = {one for one in dir(nn) if inspect.isclass(getattr(nn, one)) and issubclass(getattr(nn, one), nn.Module)}
    kept = {one for one in theirs if "Loss" not in one and not one.startswith("Lazy")}
    assert kept - {name for row in TORCH for name in row.names} - CONTAINERS - RARE == set()


EXAMPLES = [
    one
    for row in TORCH
    if row.here or row.row
    for one in row.examples
    if re.match(r"nn\.(Lazy)?\w+\(", one) and row.here != "dense" and not row.note
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_translated_module_has_the_shape_and_the_weights(example: str) -> None:
    found = translate(example)
    assert found is not None
    facts = load_text(network_of(found.text)).compile().facts
    channels, in_front = (12, 9 + 36) if "PixelShuffle" in example else (3, 9)
    module = eval(example, {"nn": nn}).eval()
    result = module(torch.zeros(1, channels, 32, 32))
    weights = sum(one.numel() for one in module.parameters())
    assert facts.output_shape == tuple(result.movedim(1, -1).shape[1:])
    assert sum(one.params for one in facts.counts) - in_front == weights


PATHS = [
    *((row, f"nn.{name}") for row, name in MODULES if row.here),
    *(
        (row, f"F.{name}")
        for row in rows()
        for name in row.names
        if "F" in row.prefixes and row.tool == "PyTorch" and row.here and hasattr(nn.functional, name)
        if name != "dropout"  # which trains unless told otherwise
    ),
]
DRAWN = draws(PATHS, lambda path: "2d" in path or path[-1] != "d")


@pytest.mark.parametrize(("row", "path", "count", "seed"), DRAWN, ids=lambda one: one if isinstance(one, str) else "")
def test_a_call_drawn_by_chance_is_told_to_lose_something_or_computes_what_pytorch_does(
    row: WordRow, path: str, count: int, seed: int
) -> None:
    """Followed, a remedy gives the module that was meant: the same numbers of the same weights."""
    rng = np.random.default_rng(seed)
    for call in drawn(row, path, rng, count):
        if step := remedy_of(call):
            shape = (12, 12, 36) if "ixel" in path else map_of(path)
            assert_computes_the_same(call, step, rng.normal(size=(2, *shape)).astype("float32"), rng)


def assert_computes_the_same(call: str, step: str, images: Any, rng: np.random.Generator) -> None:
    channels_first = torch.from_numpy(np.moveaxis(images, -1, 1).copy())
    given = channels_first.mean(dim=(2, 3)) if "Linear" in call else channels_first
    try:
        theirs = eval(call, {"nn": nn, "F": nn.functional, "x": given.clone()})
        right = theirs.eval()(given.clone()) if isinstance(theirs, nn.Module) else theirs
    except (RuntimeError, ValueError, TypeError, AssertionError, NotImplementedError):
        return  # PyTorch refuses the call
    ours = model_of(step, images.shape[1:])
    if isinstance(theirs, nn.Module):
        for weight in (one for one in theirs.state_dict().values() if one.ndim):
            weight.copy_(torch.from_numpy(np.abs(rng.normal(size=tuple(weight.shape))).astype("float32")))
        give(ours, weights_of(theirs))
        right = theirs(given.clone())
    found = ours(images)
    compare(found, right.detach().movedim(1, -1) if right.ndim > 2 else right.detach())


def weights_of(module: Any) -> list[Any]:
    """A module's weights in Keras' order and shapes."""
    found = {name: one.detach().numpy() for name, one in module.named_parameters()} | {
        name: one.numpy() for name, one in module.named_buffers() if name.startswith("running")
    }
    kernel = found["weight"] if found.get("weight", np.zeros(0)).ndim > 1 else None
    if kernel is not None:
        found["weight"] = kernel.transpose(*range(2, kernel.ndim), 1, 0)
    return [*found.values()]
