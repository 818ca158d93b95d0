"""Texts by chance: each compiles or is refused by diagnostics, soon, and nothing else happens."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from resnet_dsl import resources
from resnet_dsl.diagnostics.draw import draw_all
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.pipeline import LoadedSpec, load_text
from tests.strategies import mutated, texts

SPECS = Path(resources.specs_folder())
_LARGEST = 4_000  # characters: what a spec with many networks has to say, one with few says too

WRONG = sorted(Path(__file__).parent.glob("[EW]0[2-5]*.resnet"))
ORIGINALS = [
    text
    for path in [*sorted(SPECS.rglob("*.resnet")), *WRONG]
    for text in re.split(r"\n(?=# The )", path.read_text("utf-8"))
    if len(text) < _LARGEST
] + [resources.prelude_text()]
DEADLINE = 20.0  # seconds for the worst of texts on a busy machine; nearly all take milliseconds

FEW = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def compiles_or_is_refused(text: str) -> None:
    start = time.process_time()
    spec = load_text(text)
    found = spec.check()
    draw_all(found)
    mistaken = any(one.severity == "error" for one in found)
    for name in spec.networks:
        assert mistaken or not refused(spec, name)
    assert time.process_time() - start < DEADLINE


def refused(spec: LoadedSpec, network: str) -> bool:
    """Whether a network does not compile; then there is an error that says why."""
    try:
        spec.compile(network)
    except Refusal as refusal:
        return any(one.severity == "error" for one in refusal.diagnostics) or pytest.fail("refused without a reason")
    return False


@FEW
@given(mutated(ORIGINALS))
def test_specs_with_words_changed(text: str) -> None:
    compiles_or_is_refused(text)


@FEW
@given(texts())
def test_texts_of_the_grammar(text: str) -> None:
    compiles_or_is_refused(text)


@pytest.mark.slow
@MANY
@given(mutated(ORIGINALS))
def test_many_specs_with_words_changed(text: str) -> None:
    compiles_or_is_refused(text)


@pytest.mark.slow
@settings(MANY, max_examples=5_000)
@given(texts(size=120))
def test_many_texts_of_the_grammar(text: str) -> None:
    compiles_or_is_refused(text)
