"""Networks that are more than a chain of blocks, beside code of other people that does the same: what both are given,
and what theirs returned.

Both draw the same weights: number by number from one seed, in the order in which ours are written. What theirs returned
then is recorded: tests/reference/outputs.json has a sample of each output, written by ``python -m tests.specs.theirs``.
So it is compared where there is no PyTorch, too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import resnet_dsl
from resnet_dsl.pipeline import Compiled
from tests.specs.transfer import Array, randomised, variables_of

RECORDED = Path(__file__).parent.parent / "reference" / "outputs.json"
MOST_NUMBERS = 48
"""Of an output that are recorded."""


class Case(NamedTuple):
    """A network that ships, and the size of what it is given: one for each input, in the order of the text."""

    network: str
    sizes: tuple[tuple[int, ...], ...]
    slow: bool = False


CASES = [
    Case("unet_resnet34", ((64, 96, 3),)),
    Case("deeplabv3_resnet50_aux", ((72, 60, 3),)),
    Case("fcn_resnet50_aux", ((72, 60, 3),), slow=True),
    Case("resnet50_fpn", ((64, 64, 3),), slow=True),
    Case("retinanet_resnet50_fpn", ((64, 96, 3),)),
    Case("siamese_omniglot", ((105, 105, 1), (105, 105, 1))),
    Case("tcn_music", ((40, 88),)),
    Case("edsr_baseline_x2", ((12, 10, 3),)),
    Case("edsr_baseline_x4", ((12, 10, 3),), slow=True),
    Case("resnet50_metadata", ((64, 64, 3), (81,)), slow=True),
]
"""All are compared with samples; the slow ones, of which another of their kind is not, with `-m slow`."""


def inputs(case: Case) -> list[Array]:
    random = np.random.default_rng(7)
    return [random.normal(size=(2, *size)).astype("float32") for size in case.sizes]


def ours(case: Case) -> dict[str, Array]:
    """What our network returns with the drawn weights, by name; one that has a single output calls it ``output``."""
    import keras

    network = resnet_dsl.load(case.network).network(case.network)
    sizes = dict(zip(network.input_shapes, case.sizes, strict=True))
    model = network.to_keras(input_size=sizes, seed=1)
    _draw(network.compiled, model)
    given = inputs(case)
    found = model(given if len(given) > 1 else given[0], training=False)
    named = found if isinstance(found, dict) else {"output": found}
    return {name: np.asarray(keras.ops.convert_to_numpy(one)) for name, one in named.items()}


def _draw(network: Compiled, model: Any) -> None:
    random = np.random.default_rng(3)
    for variable in variables_of(network, model):
        variable.assign(randomised(tuple(variable.shape), variable.path.rsplit("/", 1)[-1], random))


def sample(output: Array) -> Array:
    """Some numbers of an output, evenly from all of it."""
    flat = output.reshape(-1)
    return flat[:: -(-flat.size // MOST_NUMBERS)]


def recorded() -> dict[str, dict[str, Any]]:
    """Of each network and output: the largest number, and the sample."""
    found: dict[str, dict[str, Any]] = json.loads(RECORDED.read_text(encoding="utf-8"))
    return found
