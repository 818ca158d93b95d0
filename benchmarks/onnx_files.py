"""ONNX files of ours beside those of Keras' own exporter: whether they run, how close, how long it takes, how large.

Run: python benchmarks/onnx_files.py [NETWORK …] (the table of docs/onnx.md: all that ship but the one of 936 M numbers)

Each way and network is a process of its own, and its time, of the processor, is that until its file stands: Python's
start, the network, fresh weights, the file. Written is what the head pools, since a softmax may be saturated; of
networks that pool nothing, all.
Numbers are those of ONNX Runtime on an image of noise, of files that have the same weights by chance, as the tests have
them (tests/targets/onnx/test_shipped.py): with fresh ones, a network with gates makes more of every rounding. The
difference is the largest to Keras, as a part of Keras' largest number. Names are kept where the file has an array for
each of Keras' variables under its name. Keras' way needs `pip install tf2onnx`, and is given up after ten minutes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import measuring

ROOT = Path(__file__).resolve().parent.parent
TOO_LARGE = {"resnetv2_152x4_bit"}
"""What Keras' exporter needs more memory for than the machine has."""
LIMIT = 600
"""Seconds by the clock for Keras' exporter and the look at both files."""
OPEN = 128
"""The lengths of images where a network leaves them open."""
HEAD = ("network", "ours", "s", "MB", "Keras' exporter", "s", "MB", "names")


def shipped() -> list[str]:
    from resnet_dsl.shipped import shipped_files

    return [name for file in shipped_files() for name in file.networks if name not in TOO_LARGE]


def network(name: str) -> Any:
    """What is written of a network."""
    import resnet_dsl
    from resnet_dsl.failure import Failure

    whole = resnet_dsl.load(name).networks[name]
    try:
        return whole.backbone(pooling="avg")
    except Failure:
        return whole


def write_ours(name: str, file: Path) -> dict[str, Any]:
    network(name).to_onnx(file, seed=1)
    return {"s": time.process_time()}


def write_keras(model: Any, file: Path) -> dict[str, Any]:
    """When it stood (seconds of this process), or why there is no file. The exporter wants a model that was called."""
    try:
        model.export(file, format="onnx", verbose=False)
    except Exception as failed:
        return {"works": _reason(failed)}
    return {"s": time.process_time()}


def look(name: str, ours: Path, theirs: Path | None = None) -> dict[str, Any]:
    """Builds the model, has it exported where a file is asked for, and looks at both files."""
    whole = network(name)
    model = whole.to_keras(seed=1)
    moving = measuring.cpu(partial(move, model, whole.compiled))
    found = {"keras": write_keras(model, theirs)} if theirs else {}
    if theirs and theirs.exists():
        found["keras"] |= looked(model, theirs)
        found["keras"]["s"] -= moving
    whole.to_onnx(ours, weights=model)
    return found | {"ours": looked(model, ours)}


def move(model: Any, compiled: Any) -> None:
    """Gives the model weights by chance, and the moving statistics of a batch."""
    import numpy as np

    from tests.interpreter.models import normalise, shake

    shake(model, compiled.graph, compiled.shapes, np.random.default_rng(0))
    normalise(model, images_for(model, 8))


def looked(model: Any, file: Path) -> dict[str, Any]:
    size = sum(one.stat().st_size for one in file.parent.glob("net.onnx*"))
    return {"works": compare(model, file), "MB": size / 1e6, "names": names_kept(model, file)}


def compare(model: Any, file: Path) -> str:
    """How far the file's numbers are from Keras', or why there are none."""
    import numpy as np
    import onnxruntime

    try:
        session = onnxruntime.InferenceSession(file)
    except Exception as refused:
        return f"refused: {_reason(refused)}"
    images = images_for(model, 1)
    right = model(images)
    given = images if isinstance(images, list) else [images]
    names = [one.name for one in session.get_outputs()]
    returned = session.run(names, dict(zip((one.name for one in session.get_inputs()), given, strict=True)))
    wanted = [right[name] for name in names] if isinstance(right, dict) else [right]
    pairs = zip(returned, wanted, strict=True)
    return f"{max(float(np.abs(one - other).max() / np.abs(other).max()) for one, other in pairs):.0e}"


def images_for(model: Any, count: int) -> Any:
    """What a model is called with. The means of images and channels differ, as they do where gates have learnt them."""
    import numpy as np

    random = np.random.default_rng(count)
    sizes = [[one or OPEN for one in tensor.shape[1:]] for tensor in model.inputs]
    means = [random.normal(size=(count, *(1 for _ in size[:-1]), size[-1])) for size in sizes]
    images = [random.normal(mean, 1, (count, *size)).astype("f4") for mean, size in zip(means, sizes, strict=True)]
    return images if len(images) > 1 else images[0]


def _reason(refused: Exception) -> str:
    """The operator that stops it."""
    found = re.search(r"No Op registered for (\w+)|(Flex\w+)", str(refused))
    return f"`{found[1] or found[2]}`" if found else " ".join(str(refused).split())[:60]


def names_kept(model: Any, file: Path) -> str:
    import onnx

    arrays = {one.name for one in onnx.load(file, load_external_data=False).graph.initializer}
    return "kept" if all(one.path in arrays for one in model.weights) else "lost"


def said(*arguments: str) -> dict[str, Any]:
    """What a process of this file says on its last line; nothing where it ends without, or takes too long."""
    command = [sys.executable, __file__, "--one", *arguments]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return {}
    except subprocess.CalledProcessError as failed:
        print(failed.stderr, file=sys.stderr)
        return {}
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


def row(name: str, folder: str) -> tuple[str, ...]:
    ours, theirs = (str(Path(folder, way, "net.onnx")) for way in ("ours", "keras"))
    Path(ours).parent.mkdir()
    Path(theirs).parent.mkdir()
    written = said("ours", name, ours)
    found = said("look", name, ours, theirs) or said("look", name, ours)
    mine, other = {**written, **found.get("ours", {})}, found.get("keras", {"works": "no file"})
    return (name, *cells(mine), *cells(other), f"{mine.get('names', '-')} / {other.get('names', '-')}")


def cells(way: dict[str, Any]) -> list[str]:
    numbers = [f"{way[column]:.1f}" if column in way else "" for column in ("s", "MB")]
    return [way.get("works", "not looked at"), *numbers]


def main() -> None:
    print(measuring.here("keras", "tensorflow", "tf2onnx", "onnx", "onnxruntime"), end="\n\n")
    rows = []
    for name in sys.argv[1:] or shipped():
        with tempfile.TemporaryDirectory() as folder:
            rows.append(row(name, folder))
        print(rows[-1], file=sys.stderr, flush=True)
    print(measuring.table(HEAD, rows))


def answer(asked: str, name: str, *files: str) -> None:
    """What one process of the many does."""
    print(json.dumps({"ours": write_ours, "look": look}[asked](name, *map(Path, files))))


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.path.insert(0, str(ROOT))
    if sys.argv[1:2] == ["--one"]:
        answer(*sys.argv[2:])
    else:
        main()
