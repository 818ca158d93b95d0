"""Files are written whole or not at all: an existing one survives whatever goes wrong."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Replaces a file's content in one step. Raises OSError."""
    data = content.encode() if isinstance(content, str) else content

    def put(temporary: str) -> None:
        with open(temporary, "wb") as file:
            file.write(data)

    write_through(path, put)


def write_through(path: str | os.PathLike[str], put: Callable[[str], None], ending: str = "") -> None:
    """Lets ``put`` write a temporary file of the same folder, which then takes the name. Raises what ``put`` raises.

    ``ending`` is that of the temporary file's name, for writers that go by it.
    """
    target = os.fspath(path)
    folder = os.path.dirname(os.path.abspath(target))
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".resnet-dsl-", suffix=ending)
    os.close(descriptor)
    try:
        put(temporary)
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


def _mode(target: str) -> int:
    """The mode of the file that is replaced, or what a new file gets."""
    if os.path.exists(target):
        return os.stat(target).st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
