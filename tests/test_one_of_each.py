"""Where there is one of something, its word says so: ``1 axis``, ``1 layer gets``; never ``1 layers``."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from resnet_dsl import pipeline
from resnet_dsl.diagnostics.draw import draw_all
from resnet_dsl.editing.completing import complete
from resnet_dsl.explain import networks
from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.signal import predict
from resnet_dsl.laboratory.training import verdict
from resnet_dsl.laboratory.training.curves import Curve
from resnet_dsl.sentences import counted, plural
from resnet_dsl.shipped import shipped_files
from resnet_dsl.weights import InputScaling
from resnet_dsl.weights.scaling import expect_channels
from tests.editing.texts import marked

SEVERAL = re.compile(
    r"(?<![\d.,x×*/=^-])\b1 (?:more )?(?!is\b|was\b|has\b|as\b|does\b|lies\b|stands\b)[a-z]+(?<![is])s\b"
)
"""One of something, in the word for several: verbs that end alike are left out."""


def checked(text: str) -> str:
    return draw_all(pipeline.load_text(text).check())


def staged(steps: str, size: str) -> str:
    return checked(f"network n {{ input {size} stage s {{ {steps} }} }}")


def nested(deep: int) -> str:
    """A mistake in so many blocks, each in the one before it."""
    blocks = "".join(f"block b{n} {{ b{n - 1} }}\n" for n in range(1, deep))
    return checked(f"block b0 {{ crop([9, 9]) }}\n{blocks}network n {{ input 8x8x3 stage s {{ b{deep - 1} }} }}")


def without_gradient() -> str:
    block = "block b { conv(8, 3) -> batchnorm(gamma = zeros)\n skip }\n"
    network = "network n { input 8x8x8 stem { conv(8, 3) } stage s { b } head { conv(8, 1) } }"
    compiled = pipeline.load_text(block + network).compile()
    return predict(compiled.graph, compiled.shapes).words


def diverged() -> str:
    row = SimpleNamespace(train_error=0.5, test_error=0.5)
    one = verdict.JudgedEntrant(Curve("deep", False, [[row]]), 20, 1000, 1)  # type: ignore[list-item]
    two = verdict.JudgedEntrant(Curve("flat", False, [[row]]), 10, 1000, 0)  # type: ignore[list-item]
    return "\n".join(verdict.words([one, two]))


def scaled() -> str:
    compiled = pipeline.load_text("network n { input 8x8x3 stage s { relu } }").compile()
    with pytest.raises(Failure) as refused:
        expect_channels(InputScaling((0.5,), (1.0,)), compiled.graph, compiled.shapes)
    return str(refused.value)


SAID: dict[str, tuple[Callable[[], str], str]] = {
    "a border": (lambda: staged("conv(4, 3, fill = reflect)", "1x1x4"), "mirrors 1 position at"),
    "a filter": (lambda: staged("blurpool(3)", "1x1x4"), "mirrors 1 position at"),
    "a cut": (lambda: staged("crop([0, 1])", "1x8x4"), "takes 1 position of"),
    "a form": (lambda: staged("reshape(2x2x1)", "1x1x1"), "of 1x1x1 (1 number)"),
    "an axis": (
        lambda: checked(
            "shared block b { batchnorm }\nnetwork n { input 8x8x4 stage s { b } head { avgpool(global) -> b } }"
        ),
        "reads 1 axis here, and 3 there",
    ),
    "a call that is left out": (lambda: nested(10), "… 1 call is left out here"),
    "calls that are left out": (lambda: nested(11), "… 2 calls are left out here"),
    "a parameter": (
        lambda: "\n".join(one.detail for one in complete(*marked("block mine(c) { relu }\nblock b { m¦ }\n"))),
        "block of 1 parameter\n",
    ),
    "a layer": (without_gradient, "1 of 3 layers gets no gradient"),
    "a seed": (diverged, "deep diverged with 1 of 1 seed"),
    "a seed that says nothing": (diverged, "(higher in 0 of 1 seed, lower in 0)"),
    "a channel": (scaled, "the model normalises 1 channel, and the network has 3"),
}


@pytest.mark.parametrize("what", SAID)
def test_one_is_said_as_one(what: str) -> None:
    say, words = SAID[what]
    said = say()
    assert words in said
    assert SEVERAL.findall(said) == []


def test_no_shipped_network_has_several_of_one() -> None:
    names = [name for file in shipped_files() for name in file.networks][::9]
    assert SEVERAL.findall("\n".join(map(networks.tell, names))) == []


def test_the_measure_finds_several_of_one() -> None:
    wrong = "has 1 arrays, 1 more errors and 1 axes; 11 layers, 1 of 2 seeds, 1 is, 0.1 decades, 3x1 places, 1 class"
    assert SEVERAL.findall(wrong) == ["1 arrays", "1 more errors", "1 axes"]
    assert [plural(one, 2) for one in ("axis", "class", "branch", "seed")] == ["axes", "classes", "branches", "seeds"]
    assert counted(1, "axis") == "1 axis"
