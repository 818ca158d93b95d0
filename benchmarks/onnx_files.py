"""ONNX files of ours beside those of Keras' own exporter: whether they run, how close, how long it takes, how large.

Run: python benchmarks/onnx_files.py [NETWORK …] (the table of docs/onnx.md)

Each way and network is a process of its own, and its time, by the clock, is that of all of it: Python's start, the
network, fresh weights, the file. Both files are then run by ONNX Runtime on the same images, with the weights of the
Keras model that was exported; the difference is that of the largest number to Keras', as a part of Keras' largest.
Names are kept where the file has an array for each of Keras' variables under its name. Keras' way needs
`pip install tf2onnx`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import measuring

ROOT = Path(__file__).resolve().parent.parent
NETWORKS = (
    *("resnet18", "resnet50", "resnext50_32x4d", "seresnet50", "convnext_tiny", "dm_nfnet_f0", "resnest50d"),
    *("densenet121", "botnet26t_256", "resnet50_gn", "unet_resnet34", "ecg_network"),
)
HEAD = ("network", "ours", "s", "MB", "Keras' exporter", "s", "MB", "names")


def write_ours(name: str, folder: Path) -> None:
    import resnet_dsl

    resnet_dsl.load(name).networks[name].to_onnx(folder / "net.onnx", seed=1)


def write_keras(name: str, folder: Path) -> None:
    """The exporter wants a model that was called before."""
    import resnet_dsl

    model = resnet_dsl.load(name).networks[name].to_keras(seed=1)
    model(images_for(model))
    model.export(folder / "net.onnx", format="onnx", verbose=False)


def compare(name: str, folder: Path) -> str:
    """How far the file's numbers are from Keras', or why there are none."""
    import numpy as np
    import onnxruntime

    import resnet_dsl

    model = resnet_dsl.load(name).networks[name].to_keras(seed=1)
    try:
        session = onnxruntime.InferenceSession(folder / "net.onnx")
    except Exception as refused:
        return f"refused: {_reason(refused)}"
    images = images_for(model)
    right = model(images)
    right = [*right.values()] if isinstance(right, dict) else [right]
    given = images if isinstance(images, list) else [images]
    got = session.run(None, dict(zip((one.name for one in session.get_inputs()), given, strict=True)))
    pairs = zip(got, right, strict=True)
    return f"{max(float(np.abs(one - other).max() / np.abs(other).max()) for one, other in pairs):.0e}"


def images_for(model: Any) -> Any:
    """What a model is called with."""
    import numpy as np

    sizes = [[one or 256 for one in tensor.shape[1:]] for tensor in model.inputs]
    images = [np.random.default_rng(0).normal(size=(1, *size)).astype("f4") for size in sizes]
    return images if len(images) > 1 else images[0]


def _reason(refused: Exception) -> str:
    """The operator that stops it."""
    words = str(refused).split()
    found = [word.partition("(")[0] for word in words if word.startswith(("Flex", "Erfc(", "Stateful"))]
    return f"`{found[0]}`" if found else " ".join(words)[:60]


def names_kept(name: str, folder: Path) -> bool:
    import onnx

    import resnet_dsl

    arrays = {one.name for one in onnx.load(folder / "net.onnx", load_external_data=False).graph.initializer}
    variables = resnet_dsl.load(name).networks[name].to_keras(seed=1).weights
    return all(one.path in arrays for one in variables)


WRITE = {"ours": write_ours, "keras": write_keras}


def one(way: str, name: str, folder: Path) -> dict[str, Any]:
    """A process that writes, and another one that looks at the file."""
    command = [sys.executable, __file__, "--one", way, name, str(folder)]
    start = perf_counter()
    written = subprocess.run(command, capture_output=True, text=True, check=False)
    taken = perf_counter() - start
    if not (folder / "net.onnx").exists():
        return {"works": written.stderr.strip().splitlines()[-1][:60], "s": "", "MB": "", "names": ""}
    looked = subprocess.run([*command, "look"], stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(looked.stdout.splitlines()[-1])
    return {**found, "s": f"{taken:.1f}", "MB": f"{(folder / 'net.onnx').stat().st_size / 1e6:.1f}"}


def main() -> None:
    print(measuring.here("keras", "tensorflow", "tf2onnx", "onnx", "onnxruntime"), end="\n\n")
    rows = []
    for name in sys.argv[1:] or NETWORKS:
        with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as theirs:
            mine, other = one("ours", name, Path(ours)), one("keras", name, Path(theirs))
        kept = f"{mine['names']} / {other['names'] or '-'}"
        rows.append((name, mine["works"], mine["s"], mine["MB"], other["works"], other["s"], other["MB"], kept))
        print(rows[-1], file=sys.stderr)
    print(measuring.table(HEAD, rows))


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.path.insert(0, str(ROOT))
    if "--one" not in sys.argv:
        main()
    elif "look" in sys.argv:
        _, _, _, asked, place, _ = sys.argv
        kept = "kept" if names_kept(asked, Path(place)) else "lost"
        print(json.dumps({"works": compare(asked, Path(place)), "names": kept}))
    else:
        _, _, way, asked, place = sys.argv
        WRITE[way](asked, Path(place))
