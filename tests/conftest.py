"""The marker ``keras``: of the tests that need Keras.

Those of a module that imports it when it is imported itself are marked here; a test that comes to it on the way has the
marker written above it. In a run with ``-m "not keras …"`` no such module is imported, and importing Keras fails, so
that a test whose marker was forgotten is told by name.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FRAMEWORKS = ("keras", "tensorflow")
_IMPORT = re.compile(
    r"""^(?:from ([\w.]+) import (\([^)]*\)|.*)|import ([\w.]+)|(?:\w+ = )?pytest.importorskip\("(\w+))""", re.MULTILINE
)
"""Imports that run with the module: those at the beginning of a line."""


def pytest_configure(config: pytest.Config) -> None:
    if _is_without(config):
        sys.meta_path.insert(0, _Refused())  # type: ignore[arg-type]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if _is_without(config) and collection_path.suffix == ".py" and needs_keras(collection_path) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if needs_keras(item.path):
            item.add_marker("keras")


def _is_without(config: pytest.Config) -> bool:
    return "not keras" in config.option.markexpr


class _Refused:
    """Finds no Keras: an importer."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in FRAMEWORKS:
            raise AssertionError(f"this test imports {name}, and has no marker: write `@pytest.mark.keras` above it")


@cache
def needs_keras(file: Path) -> bool:
    """Whether importing a file of the repository imports Keras, itself or by what it imports of ours."""
    pending, seen = [file], set[Path]()
    while pending:
        current = pending.pop()
        if current not in seen:
            seen.add(current)
            for name in _imported(current):
                if name.partition(".")[0] in FRAMEWORKS:
                    return True
                pending += _files(name)
    return False


@cache
def _imported(file: Path) -> tuple[str, ...]:
    """The names of modules, and of what is taken out of them, which may be modules, too."""
    names: list[str] = []
    for source, taken, module, skipped in _IMPORT.findall(file.read_text(encoding="utf-8")):
        names += [source or module or skipped, *(f"{source}.{name}" for name in re.findall(r"\w+", taken))]
    return tuple(names)


@cache
def _files(name: str) -> tuple[Path, ...]:
    """The files that run when a module of ours is imported: its own, and those of the packages that it lies in."""
    if name.partition(".")[0] not in ("resnet_dsl", "tests"):
        return ()
    place = ROOT.joinpath(*name.split("."))
    own = tuple(filter(Path.is_file, (place / "__init__.py", place.with_suffix(".py"))))
    return (*_files(name.rpartition(".")[0]), *own)
