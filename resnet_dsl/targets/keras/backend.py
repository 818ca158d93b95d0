"""Where Keras is imported: on which backend, and what is said when it or its backend is missing."""

from __future__ import annotations

import json
import os
import sys
import warnings
from types import ModuleType
from typing import Any

from resnet_dsl.extras import MissingPackageError, bringing, is_installed
from resnet_dsl.failure import Failure, reason
from resnet_dsl.sentences import either

BACKENDS = bringing("keras")
"""Those that Keras trains on; its own default comes first."""


def import_keras() -> ModuleType:
    """Keras itself, on the backend that the user chose, else on the first of BACKENDS that is installed.

    Raises MissingPackageError where Keras or its backend is not installed, Failure where one does not start. Warns
    where the backend is none that the user chose and not Keras' default.
    """
    remark = choose_backend()
    if remark is not None:
        warnings.warn(remark, stacklevel=2)
    try:
        import keras
    except ModuleNotFoundError as missing:
        package = (missing.name or "keras").partition(".")[0]
        if package not in ("keras", *BACKENDS):
            raise
        raise _missing(package) from None
    except (ValueError, ImportError, RuntimeError) as error:  # of versions that do not go together, too
        remedy = f"set KERAS_BACKEND to {either(BACKENDS)}, whichever works here, or install that anew"
        raise Failure(f"Keras does not start: {reason(error)}", remedy) from error
    return keras  # type: ignore[no-any-return]


def choose_backend() -> str | None:
    """Sets Keras to a backend that is installed where nobody chose one; what is then to be said.

    Keras itself would take TensorFlow, and fail where that is not installed. Processes started from here do the same.
    """
    if (
        "keras" in sys.modules
        or os.environ.get("KERAS_BACKEND")
        or str(configured().get("backend", BACKENDS[0])) != BACKENDS[0]
    ):
        return None
    found = next(filter(is_installed, BACKENDS), BACKENDS[0])
    if found == BACKENDS[0]:
        return None
    os.environ["KERAS_BACKEND"] = found
    return f"Keras runs on {found}: its default, {BACKENDS[0]}, is not installed (KERAS_BACKEND chooses)"


def has_accelerator() -> bool:
    """Whether the backend, which runs, has another device than the CPU. It finds its devices, if it has not yet."""
    backend: str = import_keras().backend.backend()
    if backend == "jax":
        return bool(sys.modules["jax"].default_backend() != "cpu")
    if backend == "torch":
        return bool(sys.modules["torch"].cuda.is_available())
    return bool(sys.modules["tensorflow"].config.list_physical_devices("GPU"))


def configured() -> dict[str, Any]:
    """Keras' own file of settings, which it writes itself, with its defaults, where there is none."""
    home = os.environ.get("KERAS_HOME", os.path.join("~", ".keras"))
    try:
        with open(os.path.expanduser(os.path.join(home, "keras.json")), encoding="utf-8") as file:
            said = json.load(file)
    except (OSError, ValueError):  # Keras passes over it, too
        return {}
    return said if isinstance(said, dict) else {}


def _missing(package: str) -> MissingPackageError:
    what = "Keras" if package == "keras" else f"the backend that Keras is set to ({package})"
    return MissingPackageError([package], f"{what} is not installed")
