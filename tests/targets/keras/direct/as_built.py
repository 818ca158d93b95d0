"""A shipped network's file, written without Keras, beside the model that Keras builds: ``python -m … NETWORK…``.

As a program it tries shipped networks by whichever Keras it finds; it prints their names, and fails at the first
difference.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import keras

from resnet_dsl.targets.keras.writing import write_directly
from resnet_dsl.targets.request import Request
from tests.specs.family import small


def assert_as_built(name: str, folder: Path) -> None:
    """What is loaded has each layer's configuration, calls, weights and, to the bit, outputs of what is built."""
    written = write_directly(small(name), str(folder / "net.keras"), Request(seed=1, verify=True))
    assert f"Keras {keras.__version__} builds the same: layers, calls, weights and outputs are equal" in written.remarks
    keras.utils.clear_session()
    gc.collect()


def main(names: list[str]) -> None:
    for name in names:
        with TemporaryDirectory() as folder:
            assert_as_built(name, Path(folder))
        print(name, keras.__version__, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
