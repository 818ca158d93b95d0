"""The table against PyTorch itself: names, arguments and defaults; and the shape and weights of what is translated."""

import inspect
import re

import pytest

from resnet_dsl.pipeline import load_text
from resnet_dsl.vocabulary.table import WordRow, rows
from resnet_dsl.vocabulary.translating import translate
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
    facts = load_text(network_of(found.letter)).compile().facts
    channels, in_front = (12, 9 + 36) if "PixelShuffle" in example else (3, 9)
    module = eval(example, {"nn": nn}).eval()
    result = module(torch.zeros(1, channels, 32, 32))
    weights = sum(one.numel() for one in module.parameters())
    assert facts.output_shape == tuple(result.movedim(1, -1).shape[1:])
    assert sum(one.params for one in facts.counts) - in_front == weights
