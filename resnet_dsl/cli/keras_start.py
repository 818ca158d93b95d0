"""Starting Keras without the remarks that TensorFlow makes about the machine."""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from resnet_dsl.cli.streams import tell
from resnet_dsl.targets.keras.backend import choose_backend, import_keras


def start_keras() -> None:
    """Imports Keras and its backend, and lets it find its devices. Raises MissingPackageError.

    Says which backend it is where that is neither Keras' default nor chosen.

    What the backend's own libraries write to the standard error meanwhile is shown only where the start fails: they
    write before any logging could be set up, so no setting keeps them quiet.
    """
    _say_backend()
    with _held_back():
        import_keras().ops.zeros(1)


def start_training() -> None:
    """Starts Keras on one device of this machine; several machines must be joined before any device is asked for."""
    _say_backend()
    with _held_back():
        import_keras()


def _say_backend() -> None:
    remark = choose_backend()
    if remark is not None:
        tell(f"note: {remark}")


@contextmanager
def _held_back() -> Iterator[None]:
    """The standard error goes to a file, which is shown where an exception passes.

    From here on Pillow's warnings are not shown: what they may mean for the data is refused where images are read.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.filterwarnings("ignore", module=r"PIL\.")
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(kept, 2)
            held.seek(0)
            os.write(2, held.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)
