"""Every network that ships becomes a Keras model on TensorFlow, JAX and PyTorch; the largest are lowered alone.

A seed draws the same weights on each.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.backends

ROOT = Path(__file__).parent.parent.parent
LARGEST = 200_000_000
SCRIPT = """
import gc, sys
from pathlib import Path
from resnet_dsl import pipeline, resources
from resnet_dsl.targets.keras import lower, to_keras
from resnet_dsl.targets.keras.initial import initial_weights
import keras, numpy
assert keras.backend.backend() == sys.argv[1]
built = 0
for path in sorted(Path(resources.specs_folder()).rglob("*.resnet")):
    if path.parent.name != sys.argv[2]:
        continue
    spec = pipeline.load(str(path))
    for name in spec.networks:
        network = spec.compile(name)
        calls = lower(network.graph, network.shapes)
        if network.facts.count.total_params > int(sys.argv[3]):
            continue
        model = to_keras(network.graph, network.shapes, seed=1)
        assert model.count_params() == network.facts.count.total_params, name
        weights = [one for layer in model.layers for one in layer.weights]
        for (slot, drawn), weight in zip(initial_weights(calls, 1), weights, strict=True):
            assert numpy.array_equal(keras.ops.convert_to_numpy(weight), drawn), (name, slot)
        built += 1
        keras.utils.clear_session()
        del model
        gc.collect()
print(built)
"""
FAMILIES = sorted(
    folder.name for folder in (ROOT / "specs").iterdir() if folder.is_dir() and any(folder.glob("*.resnet"))
)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("backend", "package"), [("tensorflow", "tensorflow"), ("jax", "jax"), ("torch", "torch")])
def test_every_network_is_built(backend: str, package: str, family: str) -> None:
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    command = [sys.executable, "-c", SCRIPT, backend, family, str(LARGEST)]
    environment = {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3", "PATH": "", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    assert int(run.stdout) > 0
