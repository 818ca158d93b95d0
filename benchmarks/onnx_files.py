"""ONNX files of ours beside those of Keras' own exporter: whether they run, how close, how long it takes, how large.

Run: python benchmarks/onnx_files.py [NETWORK …] (the table of docs/onnx.md)

Each way and network is a process of its own, and its time, of the processor, is that of all of it: Python's start, the
network, fresh weights, the file. Written is what the head pools, since fresh weights saturate a softmax; of networks
that pool nothing, all. Both files are then run by ONNX Runtime on the same images; the difference is the largest to
Keras, as a part of Keras' largest number.
Names are kept where the file has an array for each of Keras' variables under its name. Keras' way needs
`pip install tf2onnx`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import measuring

ROOT = Path(__file__).resolve().parent.parent
NETWORKS = (
    *("resnet18", "resnet50", "resnext50_32x4d", "seresnet50", "convnext_tiny", "dm_nfnet_f0", "resnest50d"),
    *("densenet121", "botnet26t_256", "resnet50_gn", "unet_resnet34", "ecg_network"),
)
HEAD = ("network", "ours", "s", "MB", "Keras' exporter", "s", "MB", "names")


def network(name: str) -> Any:
    """What is written of a network."""
    import resnet_dsl
    from resnet_dsl.failure import Failure

    whole = resnet_dsl.load(name).networks[name]
    try:
        return whole.backbone(pooling="avg")
    except Failure:
        return whole


def write_ours(name: str, folder: Path) -> None:
    network(name).to_onnx(folder / "net.onnx", seed=1)


def write_keras(name: str, folder: Path) -> None:
    """The exporter wants a model that was called before."""
    model = network(name).to_keras(seed=1)
    model(images_for(model))
    model.export(folder / "net.onnx", format="onnx", verbose=False)


def compare(name: str, folder: Path) -> str:
    """How far the file's numbers are from Keras', or why there are none."""
    import numpy as np
    import onnxruntime

    model = network(name).to_keras(seed=1)
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
    found = [word.partition("(")[0].rstrip(",") for word in words if word.startswith(("Flex", "Erfc(", "Stateful"))]
    return f"`{found[0]}`" if found else " ".join(words)[:60]


def names_kept(name: str, folder: Path) -> bool:
    import onnx

    arrays = {one.name for one in onnx.load(folder / "net.onnx", load_external_data=False).graph.initializer}
    variables = network(name).to_keras(seed=1).weights
    return all(one.path in arrays for one in variables)


WRITE = {"ours": write_ours, "keras": write_keras}


def one(way: str, name: str, folder: Path) -> dict[str, Any]:
    """A process that writes, and another one that looks at the file."""
    command = [sys.executable, __file__, "--one", way, name, str(folder)]
    start = _spent()
    written = subprocess.run(command, capture_output=True, text=True, check=False)
    taken = _spent() - start
    if not (folder / "net.onnx").exists():
        return {"works": written.stderr.strip().splitlines()[-1][:60], "s": "", "MB": "", "names": ""}
    looked = subprocess.run([*command, "look"], stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(looked.stdout.splitlines()[-1])
    return {**found, "s": f"{taken:.1f}", "MB": f"{(folder / 'net.onnx').stat().st_size / 1e6:.1f}"}


def _spent() -> float:
    """Seconds of processor time of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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
