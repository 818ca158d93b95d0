"""What every shipped network is, written down: its summary, and a digest of its graph.

A change of the language, of an analysis or of a spec shows here as a difference to be read. Where it is meant:

    python -m tests.golden.golden

writes the files anew, one for each file of specs/.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from resnet_dsl import pipeline, resources, shipped
from resnet_dsl.pipeline import Compiled
from resnet_dsl.shipped import ShippedFile
from resnet_dsl.targets.summary import as_data

_COUNTED_BY_STAGE = {"scopes": {"__all__": {"counts"}}}
FOLDER = Path(__file__).parent / "specs"


def golden_path(file: ShippedFile) -> Path:
    """Where the golden file of a spec lies: specs/resnet/imagenet.resnet has specs/resnet/imagenet.json."""
    return FOLDER / Path(os.path.relpath(file.path, resources.specs_folder())).with_suffix(".json")


def described(file: ShippedFile) -> dict[str, Any]:
    """The networks of a spec by name."""
    spec = pipeline.load(file.path)
    return {name: _described(spec.compile(name)) for name in file.networks}


def _described(network: Compiled) -> dict[str, Any]:
    """Integers and words, the same on every machine; one digest of the layers and edges, one of all arguments, too."""
    data = as_data(network.facts)
    stages = [_row(stage) for stage in data.pop("stages")]
    edges = [[node.name, node.op, *node.inputs] for node in network.graph.nodes]
    return {
        **data,
        "input_shape": _shape(data["input_shape"]),
        "output_shape": _shape(data["output_shape"]),
        "warnings": [one.code for one in network.warnings],
        "layers": _digest(edges),
        "ir": _digest(json.loads(network.graph.model_dump_json(exclude=_COUNTED_BY_STAGE))),
        "stages": stages,
    }


def _digest(data: object) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


def _row(stage: dict[str, Any]) -> str:
    """A stage in one line: what reads well in a difference."""
    facts = (f"{stage[key]} {key}" for key in ("blocks", "params", "total_params", "macs", "activations"))
    return f"{stage['name']} {_shape(stage['output_shape'])}: {', '.join(facts)}"


def _shape(lengths: list[int | None]) -> str:
    return "x".join("?" if length is None else str(length) for length in lengths)


def text_of(networks: dict[str, Any]) -> str:
    return json.dumps(networks, indent=1) + "\n"


def regenerate() -> None:
    """Writes all golden files, and removes those of specs that no longer ship."""
    wanted = {golden_path(file): text_of(described(file)) for file in shipped.shipped_files()}
    for path in set(FOLDER.rglob("*.json")) - set(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"wrote {len(wanted)} files")


if __name__ == "__main__":
    regenerate()
