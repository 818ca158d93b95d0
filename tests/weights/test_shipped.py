"""Networks that ship, with noise added or taken out: each loads the other's weights, and computes the same."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from resnet_dsl import pipeline, shipped
from resnet_dsl.api import Network
from resnet_dsl.diagnostics.refusal import Refusal
from tests.specs.family import TOO_LARGE
from tests.weights.networks import difference, randomise, same_weights, write

pytest.importorskip("keras")

NOISE = ("dropout(0.1)", "drop_path(0.1)", "dropblock(0.1, 3)", "identity")
FAST = ("small_plain8", "ecg_network")


def counterpart(name: str, noise: str) -> pipeline.Compiled | None:
    """The network under other noise; None where its blocks have no place for it."""
    text = f'import "{shipped.find(name)}"\nnetwork other from {name} {{ use drop = {noise} }}\n'
    try:
        return pipeline.load_text(text).compile("other")
    except Refusal:
        return None


def noisy(compiled: pipeline.Compiled) -> int:
    return sum(node.op in ("dropout", "drop_path", "dropblock") for node in compiled.graph.nodes)


def counterparts(name: str, mine: pipeline.Compiled) -> list[pipeline.Compiled]:
    """With one kind of noise, in turn; where there is noise already, also without it. None where it has no place."""
    is_open = any(not isinstance(length, int) for shape in mine.facts.input_shapes.values() for length in shape)
    turn = 0 if is_open else list(shipped.names()).index(name) % 3  # dropblock needs known lengths in Keras
    found = [counterpart(name, noise) for noise in (NOISE[turn], *(NOISE[3:] if noisy(mine) else ()))]
    return [other for other in found if other is not None and noisy(other) != noisy(mine)]


CASES = [
    pytest.param(name, marks=() if name in FAST else pytest.mark.slow) for name in shipped.names() if name != TOO_LARGE
]


@pytest.mark.parametrize("name", CASES)
def test_each_loads_the_other_s_weights(tmp_path: Path, name: str) -> None:
    mine = pipeline.load(str(shipped.find(name))).compile(name)
    others = counterparts(name, mine)
    if not others:
        pytest.skip("its blocks have no place for noise")
    for other in others:
        compare(Network(mine), Network(other), tmp_path)
        gc.collect()


def compare(mine: Network, other: Network, folder: Path) -> None:
    models = [one.to_keras() for one in (mine, other)]
    for source, target in (models, models[::-1]):
        randomise(source, seed=1)
        for file in ("net.keras", "net.weights.h5"):
            randomise(target, seed=2)
            assert mine.load_weights(target, write(source, folder / file)) == ()
            assert same_weights(source, target)
        assert difference(source, target) == 0
