"""Models of other tools: a source is read into a flat network, whose structure is found and written as a spec.

model -> reader (onnx/, keras/, torch/) -> FlatNetwork -> mining/: text -> proof: the text, compiled, is the source
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resnet_dsl.importing.flat import FlatNetwork, Run
    from resnet_dsl.importing.imported import Imported


def import_file(
    path: str | os.PathLike[str],
    name: str | None = None,
    *,
    start: Callable[[], None] | None = None,
    outputs: bool = True,
) -> Imported:
    """The spec and the weights of a model's file. name: the network's; None: as the file is called.

    start: what is done before the source's runtime is first needed. outputs: whether that computes, too, and is
    compared; the graphs always are. Raises as ``read`` does, and NotImportedError where no text of it is equal.
    """
    from resnet_dsl.importing.imported import imported

    flat = read(path)
    run = flat.run if outputs else None
    return imported(flat._replace(run=_behind(start, run) if run and start else run), name or Path(path).stem)


def _behind(start: Callable[[], None], run: Run) -> Run:
    def started(inputs: Sequence[Any]) -> Sequence[Any]:
        start()
        return run(inputs)

    return started


def read(path: str | os.PathLike[str]) -> FlatNetwork:
    """The network of a file: ``.onnx``, ``.keras``, or ``.h5`` of a whole model, by what it holds.

    Nothing in it is run. Raises OSError where it cannot be opened, NotImportedError where it holds what the language
    cannot say, and Failure where it is damaged or of another kind.
    """
    from resnet_dsl.importing.files import FileKind, kind_of

    found = os.fspath(path)
    if kind_of(found) is FileKind.ONNX:
        from resnet_dsl.importing.onnx import read_onnx

        return read_onnx(found)
    from resnet_dsl.importing.keras import read_keras

    return read_keras(found)
