"""What each extra of the package brings beyond the light install, and what is said where it is missing.

``pip install resnet-dsl`` brings what most commands need; the rest comes with ``pip install "resnet-dsl[EXTRA]"``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from resnet_dsl.failure import Failure
from resnet_dsl.sentences import either

EXTRAS = {
    "tensorflow": ("keras", "tensorflow"),
    "jax": ("keras", "jax"),
    "torch": ("keras", "torch"),
    "plots": ("matplotlib",),
    "data": ("mlxtend", "sklearn", "PIL"),
    "pdf": ("svglib", "reportlab"),
    "onnx": ("onnx",),
}
"""The packages that an extra brings, as they are imported; of extras that bring the same one the first is advised."""

DISTRIBUTIONS = {"PIL": "pillow", "sklearn": "scikit-learn", "tensorflow_datasets": "tensorflow-datasets"}
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
    extras = dict.fromkeys(extra for package in packages for extra in bringing(package)[:1])
    ours = [f'"resnet-dsl[{",".join(extras)}]"'] if extras else []
    others = [distribution(package) for package in packages if not bringing(package)]
    command = f"`{' '.join(['pip install', *ours, *others])}`"
    first, *more = bringing("keras")
    return f"{command} ({either(more)} will do in place of {first})" if "keras" in packages else command


def distribution(package: str) -> str:
    """What pip calls it."""
    return DISTRIBUTIONS.get(package, package)
