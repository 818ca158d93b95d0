"""Where Keras is imported, and what is said when it or its backend is missing."""

from __future__ import annotations

from types import ModuleType

from resnet_dsl.failure import Failure

_INSTALL = {
    "keras": "pip install keras",
    "tensorflow": "pip install tensorflow",
    "jax": 'pip install "resnet-dsl[jax]"',
    "torch": 'pip install "resnet-dsl[torch]"',
}


class MissingPackageError(Failure):
    """Keras, or the backend that it is set to, is not installed: ``package``. The message says the remedy."""

    def __init__(self, package: str) -> None:
        self.package = package
        what = "Keras" if package == "keras" else f"the backend that Keras is set to ({package})"
        super().__init__(f"{what} is not installed", f"`{_INSTALL.get(package, f'pip install {package}')}`")


def import_keras() -> ModuleType:
    """Keras itself, on the backend that the user chose; MissingPackageError where one of them is not installed."""
    try:
        import keras
    except ModuleNotFoundError as missing:
        package = (missing.name or "keras").partition(".")[0]
        if package not in _INSTALL:
            raise
        raise MissingPackageError(package) from None
    except ValueError as unknown:
        raise Failure(f"Keras does not start: {unknown}", "set KERAS_BACKEND to tensorflow, jax or torch") from None
    return keras  # type: ignore[no-any-return]
