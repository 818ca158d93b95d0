"""What a file that is to be imported is: by its first bytes, and, where these do not say, by its ending."""

from __future__ import annotations

import os
import re
from enum import Enum

from resnet_dsl.failure import Failure
from resnet_dsl.sentences import either


class FileKind(Enum):
    """Which reader a file is for."""

    ONNX = "onnx"
    KERAS = "keras"


ENDINGS = {".onnx": FileKind.ONNX, ".keras": FileKind.KERAS, ".h5": FileKind.KERAS}
"""Of the files that are read."""

_START = 512
"""Bytes that are looked at."""

_MODULE = "with the module in hand: `resnet_dsl.from_torch(module, inputs)`, or export it as ONNX"
_WHOLE = "save the whole model: `model.save('model.keras')`"
_ANEW = "get the file itself: download it again, or `git lfs pull`"


def kind_of(path: str) -> FileKind:
    """Raises OSError where the file cannot be opened, and Failure where it is none that is read: it says what it is."""
    start = _start(path)
    for known, what, remedy in _OTHERS:
        if re.match(known, start, re.DOTALL):
            raise _other(path, what, remedy)
    for known, kind in _KNOWN:
        if re.match(known, start, re.DOTALL):
            return kind
    ending = os.path.splitext(path)[1].lower()
    if ENDINGS.get(ending) is FileKind.ONNX:
        return FileKind.ONNX  # protobuf has no beginning of its own
    raise _other(path, "it is no model of ONNX or Keras", f"files that end in {either([*ENDINGS])} are read")


def _start(path: str) -> bytes:
    if not os.path.isfile(path):
        os.stat(path)
        raise _other(path, "it is a folder, a device or a pipe, and no file", "name the file of the model")
    with open(path, "rb") as file:
        return file.read(_START)


def _other(path: str, what: str, remedy: str | None) -> Failure:
    return Failure(f"`{path}` cannot be imported: {what}", remedy)


_OTHERS: tuple[tuple[bytes, str, str | None], ...] = (
    (rb"\Z", "it is empty", _ANEW),
    (rb"version https://git-lfs", "it is a pointer of git-lfs, in place of a file that was not fetched", _ANEW),
    (rb"\s*<(?i:!doctype|html|\?xml|head)", "it is a page of the web", _ANEW),
    (rb"PK\x03\x04.{26}[^/]*/(data|byteorder|constants\.pkl|archive_format|\.format_version|\.data|code|models)\b",
     "PyTorch saved it, and loading that may run code", _MODULE),
    (rb"\x80[\x02-\x05]", "it is a pickle: to load it is to run it", _MODULE),
    (rb".{4}\x00{4}\{", "it holds weights alone (safetensors), and no network", "`--weights` takes weights for a spec"),
    (rb"\x93NUMPY", "it is an array of NumPy, and no network", None),
    (rb".{4}TFL3", "it is a model of LiteRT", _WHOLE),
    (rb"\x1f\x8b|BZh|\xfd7zXZ|7z\xbc\xaf|\x28\xb5\x2f\xfd", "it is compressed", "unpack it first"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|%PDF|RIFF", "it is a picture or a document", None),
    (rb"\s*\{", "it is JSON, which holds no weights", _WHOLE),
    (rb"\s*(#|network\s|block\s|import\s)", "it is a text", "a spec needs no import: `resnet-dsl compile FILE`"),
)  # fmt: skip
"""Beginnings of files that are something else, what that is, and what to do."""

_KNOWN = (
    (rb"PK", FileKind.KERAS),
    (rb"\x89HDF\r\n\x1a\n", FileKind.KERAS),
    (rb"\x08[\x01-\x40][\x12\x1a\x22\x2a\x32\x3a]", FileKind.ONNX),
)
"""Beginnings of those that are read: an archive, HDF5; of a ModelProto the version and the next field."""
