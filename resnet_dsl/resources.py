"""Where ``grammar/``, ``specs/`` and the reference lie: inside the package in a wheel, beside it in a checkout."""

from __future__ import annotations

import os

_PACKAGE = os.path.dirname(os.path.abspath(__file__))


def _folder(name: str) -> str:
    """The folder in the package, else the one in the repository's root (an editable install has no copy inside)."""
    inside = os.path.join(_PACKAGE, name)
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(_PACKAGE), name)


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def grammar_text() -> str:
    """The grammar of the language, in Lark's notation."""
    return _text(os.path.join(_folder("grammar"), "resnet.lark"))


def prelude_path() -> str:
    """The absolute path of the blocks that every spec sees."""
    return os.path.join(_folder("grammar"), "prelude.resnet")


def prelude_text() -> str:
    return _text(prelude_path())


def reference_text() -> str:
    """The reference of the language, as Markdown."""
    return _text(os.path.join(_folder("docs"), "language.md"))


def specs_folder() -> str:
    """The folder of the networks that ship, one folder a family."""
    return _folder("specs")
