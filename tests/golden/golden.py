"""What every shipped network is, written down: its summary and digests of its stages; of ten the stages whole.

A change of the language, of an analysis or of a spec shows here as a difference to be read. Where it is meant:

    python -m tests.golden.golden

writes the files anew: specs/ has one for each file of specs/, stages/ the texts of `compile --to tree|graph|calls`.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from resnet_dsl import pipeline, resources, shipped
from resnet_dsl.ir.computed import computed
from resnet_dsl.pipeline import Compiled
from resnet_dsl.shipped import ShippedFile
from resnet_dsl.targets.summary import as_data
from resnet_dsl.targets.text import TEXTS
from tests.ir.soundness import assert_sound

FOLDER = Path(__file__).parent / "specs"
STAGES = Path(__file__).parent / "stages"
WHOLE = (
    "first_network", "ecg_network", "two_view_network", "residual_unet", "resnet50",
    "botnet26t_256", "skresnet18", "convnext_tiny", "resnetv2_50d_frn", "resnet50_dropblock",
)  # fmt: skip
"""Networks that have little in common: between them nearly all operations, one and two axes, one and two branches."""


def golden_path(file: ShippedFile) -> Path:
    """Where the golden file of a spec lies: specs/resnet/imagenet.resnet has specs/resnet/imagenet.json."""
    return FOLDER / Path(os.path.relpath(file.path, resources.specs_folder())).with_suffix(".json")


def described(file: ShippedFile) -> dict[str, Any]:
    """The networks of a spec by name."""
    spec = pipeline.load(file.path)
    return {name: _described(spec.compile(name)) for name in file.networks}


def stages_of(network: Compiled) -> dict[str, str]:
    """The text of each stage of the compiler, by the name that ``compile --to`` gives it."""
    return {stage: text(network) for stage, text in TEXTS.items()}


@cache
def whole_stages() -> dict[Path, str]:
    """The texts of the ten networks, by the files that hold them."""
    networks = {name: pipeline.load(str(shipped.find(name))).compile(name) for name in WHOLE}
    return {
        STAGES / name / f"{stage}.txt": text
        for name, network in networks.items()
        for stage, text in stages_of(network).items()
    }


def _described(network: Compiled) -> dict[str, Any]:
    """Integers and words, the same on every machine; a digest of each stage, and of the JSON."""
    assert_sound(network.graph, network.shapes)
    data = as_data(network.facts)
    stages = [_row(stage) for stage in data.pop("stages")]
    ends = {name: {key: _shape(shape) for key, shape in data.pop(name).items()} for name in ("inputs", "outputs")}
    return {
        **data,
        "input_shape": _shapes(ends["inputs"]),
        "output_shape": _shapes(ends["outputs"]),
        "warnings": [one.code for one in network.warnings],
        **{stage: _digest(text) for stage, text in stages_of(network).items()},
        "ir": _digest(json.loads(computed(network.graph))),
        "stages": stages,
    }


def _digest(data: object) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


def _row(stage: dict[str, Any]) -> str:
    """A stage in one line: what reads well in a difference."""
    facts = (f"{stage[key]} {key}" for key in ("blocks", "params", "total_params", "macs", "activations"))
    return f"{stage['name']} {_shape(stage['output_shape'])}: {', '.join(facts)}"


def _shapes(shapes: dict[str, str]) -> str | dict[str, str]:
    """Of one input or output; of several by name."""
    return next(iter(shapes.values())) if len(shapes) == 1 else shapes


def _shape(lengths: list[int | None]) -> str:
    return "x".join("?" if length is None else str(length) for length in lengths)


def text_of(networks: dict[str, Any]) -> str:
    return json.dumps(networks, indent=1) + "\n"


def regenerate() -> None:
    """Writes all golden files, and removes those of specs that no longer ship."""
    wanted = {golden_path(file): text_of(described(file)) for file in shipped.shipped_files()} | whole_stages()
    for path in {*FOLDER.rglob("*.json"), *STAGES.rglob("*.txt")} - set(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"wrote {len(wanted)} files")


if __name__ == "__main__":
    regenerate()
