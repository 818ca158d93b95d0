"""A file in ONNX as protobuf reads it, bounded before it is read."""

from __future__ import annotations

import os
import stat
from typing import Any

from resnet_dsl.engines.wire import WireError
from resnet_dsl.failure import Failure
from resnet_dsl.importing.flat import NotImportedError
from resnet_dsl.importing.onnx.wire import check_parts, unreadable
from resnet_dsl.targets.onnx.model import import_onnx

LARGEST_FILE = 2**31 - 1
"""Bytes: protobuf holds no more."""


def refusal(path: str, why: str, remedy: str | None = None) -> NotImportedError:
    """What says that a file holds what no network of ours has."""
    return NotImportedError(f"`{path}` cannot be imported: {why}", remedy)


def parsed(path: str) -> Any:
    """The model in a file. Raises OSError where it cannot be opened, and Failure where it is damaged."""
    onnx = import_onnx()
    try:
        content = _content(path)
        check_parts(content, onnx.ModelProto.DESCRIPTOR)
        model = onnx.ModelProto.FromString(content)
    except WireError as damaged:
        raise unreadable(path, str(damaged)) from None
    except Exception as error:
        if isinstance(error, OSError | Failure):
            raise
        raise unreadable(path, "it is damaged, or no model in ONNX") from None
    if not model.graph.node or not model.graph.output:
        raise unreadable(path, "it is no model in ONNX, or an empty one")
    return model


def _content(path: str) -> bytes:
    found = os.stat(path)
    if not stat.S_ISREG(found.st_mode):
        raise WireError("it is a folder, a device or a pipe, and no file")
    if found.st_size > LARGEST_FILE:
        raise WireError("it has more than two gigabytes, and a model in ONNX has at most that")
    with open(path, "rb") as file:
        return file.read()


def check_text(path: str, *names: Any) -> None:
    """That names are text: of bytes that are none protobuf makes bytes."""
    if not all(isinstance(one, str) for one in names):
        raise unreadable(path, "it is damaged: names in it are no text")
