"""What a command says of its inputs and outputs before it begins to work."""

from __future__ import annotations

from resnet_dsl import outputs
from resnet_dsl.cli.streams import leave_stdout
from resnet_dsl.failure import Failure
from resnet_dsl.outputs import STDOUT, STDOUT_SHOWN
from resnet_dsl.showing import line


def claim(path: str, ending: str = "", force: bool = True) -> str:
    """An output that may be written there, of the kind that has this ending; the path is given back.

    Where it takes the standard output, what is said to people leaves it. Without ``force`` no existing file is
    replaced. Raises Failure or OSError where nothing may be written.
    """
    where = outputs.claim(path, ending)
    if where.is_stdout:
        leave_stdout()
    if not force and where.replaces:
        raise Failure(f"`{path}` is there already", "choose another name, or replace it with `--force`")
    return path


def wrote(path: object) -> str:
    """What is said of an output that is there."""
    return f"wrote {STDOUT_SHOWN if path == STDOUT else line(str(path))}"
