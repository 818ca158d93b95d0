"""The networks that ship: found by name, without parsing more than is asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from resnet_dsl import resources

_NETWORK = re.compile(r"^network\s+([A-Za-z]\w*)", re.MULTILINE)


class ShippedFile(NamedTuple):
    """One spec that ships: its family (the folder), its path and its networks in order."""

    family: str
    path: str
    networks: tuple[str, ...]

    @property
    def name(self) -> str:
        """What an ``import`` calls it: ``resnet/imagenet``."""
        return f"{self.family}/{os.path.splitext(os.path.basename(self.path))[0]}"


def shipped_files() -> Iterator[ShippedFile]:
    """All specs that ship, family by family."""
    root = resources.specs_folder()
    for folder, folders, files in os.walk(root):
        folders.sort()
        for file in sorted(files):
            if file.endswith(".resnet"):
                path = os.path.join(folder, file)
                family = os.path.relpath(folder, root)
                with open(path, encoding="utf-8") as text:
                    names = tuple(_NETWORK.findall(text.read()))
                yield ShippedFile("" if family == "." else family, path, names)


def holds(path: str) -> bool:
    """Whether a file is one that ships, whatever links lead to it."""
    return path.startswith(os.path.join(os.path.realpath(resources.specs_folder()), ""))


def find(name: str) -> str | None:
    """The path of the file that ships a network of this name."""
    return next((file.path for file in shipped_files() if name in file.networks), None)


def file_called(name: str) -> str | None:
    """The path of the file that ships under a name."""
    return next((file.path for file in shipped_files() if file.name == name), None)


def file_names() -> list[str]:
    """What imports call the files that ship."""
    return [file.name for file in shipped_files()]


def names() -> list[str]:
    """The names of all networks that ship."""
    return [name for file in shipped_files() for name in file.networks]
