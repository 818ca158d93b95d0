"""What each extra of the package brings beyond the light install, and what is said where it is missing.

``pip install resnet-dsl`` brings what most commands need; the rest comes with ``pip install "resnet-dsl[EXTRA]"``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from resnet_dsl.failure import Failure
from resnet_dsl.sentences import either

EXTRAS = {
    "tensorflow": ("keras", "tensorflow", "rich"),
    "jax": ("keras", "jax", "rich"),
    "torch": ("keras", "torch", "rich"),
    "plots": ("matplotlib",),
    "data": ("mlxtend", "sklearn", "PIL"),
    "pdf": ("reportlab",),
    "pptx": ("pptx",),
    "outlines": ("fontTools",),
    "onnx": ("onnx",),
    "lsp": ("pygls", "lsprotocol"),
    "completion": ("shtab",),
}
"""The packages that an extra brings, as they are imported. One that brings Keras has its backend's name."""

DISTRIBUTIONS = {
    "PIL": "pillow",
    "fontTools": "fonttools",
    "pptx": "python-pptx",
    "sklearn": "scikit-learn",
    "tensorflow_datasets": "tensorflow-datasets",
}
"""What pip calls a package, where that is not what it is imported as."""


class MissingPackageError(Failure):
    """Packages are not installed; ``package``: the first of them, as it is imported. The message says the remedy."""

    def __init__(self, packages: Sequence[str], message: str) -> None:
        self.package = packages[0]
        super().__init__(message, remedy(packages))


def is_installed(package: str) -> bool:
    """Whether it is there to be imported; nothing of it runs. A bare folder, as pip leaves some, is not."""
    from importlib.util import find_spec  # takes a moment that only those wait who ask

    try:
        found = find_spec(package)
    except (ImportError, ValueError):  # where imports are blocked, or it was put in place by hand
        return False
    return found is not None and found.origin is not None


def bringing(package: str) -> tuple[str, ...]:
    """The extras that bring it."""
    return tuple(extra for extra, packages in EXTRAS.items() if package in packages)


def brought(packages: Iterable[str]) -> str:
    """What brings these packages, in words: ``[tensorflow], [jax] or [torch], and [plots]``."""
    return ", and ".join(dict.fromkeys(map(_brought, packages)))


def _brought(package: str) -> str:
    extras = [f"[{extra}]" for extra in bringing(package)]
    return either(extras) if extras else f"pip install {distribution(package)}"


def remedy(packages: Sequence[str]) -> str:
    """The one command that brings these packages."""
    extras = dict.fromkeys(extra for package in packages for extra in _advised(package))
    ours = [f'"resnet-dsl[{",".join(extras)}]"'] if extras else []
    others = [distribution(package) for package in packages if not bringing(package)]
    command = f"`{' '.join(['pip install', *ours, *others])}`"
    return f"{command} ({_choice()})" if "keras" in packages else command


def _choice() -> str:
    """Which backends could have been advised."""
    (backend,) = _advised("keras")
    return f"{either([one for one in bringing('keras') if one != backend])} will do in place of {backend}"


def _advised(package: str) -> Sequence[str]:
    """Of the extras that bring it the chosen backend's, else one whose other packages are there, else the first."""
    extras = bringing(package)
    chosen = [extra for extra in extras if extra == os.environ.get("KERAS_BACKEND")]
    return (chosen or [extra for extra in extras if _is_nearly_there(extra, package)] or extras)[:1]


def _is_nearly_there(extra: str, package: str) -> bool:
    """Whether all else is there that this extra alone brings."""
    return all(is_installed(other) for other in EXTRAS[extra] if other != package and bringing(other) == (extra,))


def distribution(package: str) -> str:
    """What pip calls it."""
    return DISTRIBUTIONS.get(package, package)
