"""The one place that runs Graphviz, for PNG: where a program for it is, and how it draws what has all its places."""

from __future__ import annotations

import shutil
from importlib.metadata import PackageNotFoundError, files
from typing import Literal, TypeAlias

from resnet_dsl.failure import Failure

Engine: TypeAlias = Literal["embedded", "system"]
ENGINES: tuple[Engine, ...] = ("embedded", "system")
_EMBEDDED = "graphviz-pure"


class MissingEngineError(Failure):
    """No Graphviz program is there to draw with; the message says what to install."""


def find_engine(wanted: Engine | None = None) -> str:
    """The path of a Graphviz program: the one wanted, else the embedded one, else the system's ``dot``."""
    for name in (wanted,) if wanted else ENGINES:
        program = _embedded() if name == "embedded" else shutil.which("dot")
        if program:
            return program
    remedy = {
        "embedded": "`pip install graphviz-pure` brings it",
        "system": "install your system's package `graphviz`",
        None: "`pip install graphviz-pure`, or install your system's package `graphviz`",
    }[wanted]
    what = f"the {wanted} Graphviz was not found" if wanted else "no Graphviz was found to draw with"
    raise MissingEngineError(what, f"{remedy}; every ending but .png is written without it")


def _embedded() -> str | None:
    try:
        listed = files(_EMBEDDED) or []
    except PackageNotFoundError:
        return None
    programs = (file.locate() for file in listed if file.stem == _EMBEDDED and file.suffix in {"", ".exe"})
    return next((str(program) for program in programs if shutil.which(str(program))), None)


def render(dot: str, form: Literal["png", "pdf"], engine: Engine | None = None) -> bytes:
    """Draw a DOT text in which every node and edge has its ``pos``; Graphviz adds no layout."""
    import graphviz
    from graphviz.backend import dot_command

    before = dot_command.DOT_BINARY
    dot_command.DOT_BINARY = find_engine(engine)
    try:
        return bytes(graphviz.Source(dot).pipe(form, engine="neato", neato_no_op=2, quiet=True))
    finally:
        dot_command.DOT_BINARY = before
