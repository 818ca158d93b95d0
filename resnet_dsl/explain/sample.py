"""Small networks that show what a step does: what flows in and out, what it weighs."""

from __future__ import annotations

from typing import NamedTuple

from resnet_dsl.ir.lengths import show
from resnet_dsl.pipeline import Compiled, load_text


class Sample(NamedTuple):
    """Statements, the last of which is the step that is shown, and the size of what enters them."""

    steps: str
    size: str = "32x32x64"


def compiled(sample: Sample) -> Compiled:
    return load_text(f"network sample {{\n  input given {sample.size}\n  stage s {{ {sample.steps} }}\n}}\n").compile()


def sentence(sample: Sample) -> str:
    """``Of 32x32x64 `conv(128, 3)` makes 32x32x128, with 73_728 numbers that train.``"""
    facts = compiled(sample).facts
    trains = f", with {facts.count.params:_} numbers that train" if facts.count.params else ""
    return f"Of {sample.size} `{sample.steps}` makes {show(facts.output_shape)}{trains}."
