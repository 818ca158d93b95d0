"""The process that reads a model's file: ``python -m resnet_dsl.weights.worker FILE PART``, and ends.

HDF5 is a large library in C, and a damaged file can bring it down or keep it busy for ever: two of 6,000 damaged files
ended the process, and eighteen never came back. So a process reads that has nothing to lose, with a limit on its
memory and time, and what it found goes through its standard output: a line of JSON, then the numbers of all arrays.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

from resnet_dsl.memory import uncollected
from resnet_dsl.weights.about import NORMALIZATION, About, about, group_of, names_of_groups
from resnet_dsl.weights.archive import CONFIG, GRAPH, WEIGHTS, Archive
from resnet_dsl.weights.bounds import (
    LARGEST_CONFIG,
    LARGEST_GRAPH,
    MIB,
    ROOM_FOR_TORCH,
    DamagedError,
    most_memory,
    most_seconds,
    most_unpacked,
)

_NORMALIZATION = f"layers/{group_of(NORMALIZATION)}"  # with fixed numbers, which are no weights, it has no arrays
_NPY, _PICKLE = ".npy", "/data.pkl"
"""Endings of the entries of a ``.npz``, and of a file that PyTorch saved."""
_PICKLED = b"\x80\x02"
"""How a pickle begins, as PyTorch wrote them before 1.6."""
_STARTS = 16
"""Bytes by which a file is known."""
_AT_ONCE = MIB
"""Bytes that are written together."""
_WAITING = 4  # seconds on the clock for each that the processor may work: others may use it, too


@uncollected()
def serve(path: str, part: str, out: BinaryIO) -> None:
    """Limits this process, and writes a part of a file (a key of ``_ANSWERS``), or what is wrong with it."""
    with open(path, "rb") as file:
        _limit_this_process(os.fstat(file.fileno()).st_size)
        answer(file, part, out)


def answer(file: BinaryIO, part: str, out: BinaryIO) -> None:
    """The same, without limits. Arrays that turn out to be damaged while they are written raise what h5py raises."""
    try:
        _ANSWERS[part](file, os.fstat(file.fileno()).st_size, out)
    except DamagedError as damaged:
        _write_line(out, {"damaged": str(damaged)})
    except ModuleNotFoundError as missing:
        _write_line(out, {"missing": missing.name})
    except MemoryError:
        _write_line(out, {"damaged": "reading it takes more memory than a file of its size may ask for"})


def _answer_graph(file: BinaryIO, size: int, out: BinaryIO) -> None:
    """Checked here, since a text that is no graph may take three hundred times its length to refuse."""
    archive = _archive(file, size)
    graph = None
    if archive is not None and GRAPH in archive:
        from resnet_dsl.analyses.foreign import UnsoundGraphError, read_json

        graph = archive.read(GRAPH, LARGEST_GRAPH).decode("utf-8", "replace")
        try:
            read_json(graph)
        except UnsoundGraphError as wrong:
            raise DamagedError(f"its graph is damaged, or of another version of resnet-dsl: {wrong}") from None
    _write_line(out, {"graph": graph})


def _answer_weights(file: BinaryIO, size: int, out: BinaryIO) -> None:
    archive = _archive(file, size)
    if _is_flat(file, archive):
        arrays, beside = _arrays(file, size, archive)
        _write_layers(arrays, {"about": About(), "beside": beside}, out)
        return
    found = _layers(file, size, archive)
    said = _about(file, archive)
    normalises = any(not layer.arrays and layer.place == _NORMALIZATION for layer in found)
    said = said._replace(unsaid=said.scaling is None and normalises)
    _write_layers([layer for layer in found if layer.arrays], {"about": said}, out)


def _write_layers(layers: Sequence[Any], said: Mapping[str, Any], out: BinaryIO) -> None:
    _write_line(out, {"layers": [_described(one) for one in layers], **said})
    for some in _together(array.read() for layer in layers for array in layer.arrays):
        out.write(some)


def _together(parts: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """The same bytes in larger pieces: to hand over each small array would cost more than it does."""
    some, size = [], 0
    for part in parts:
        some.append(part)
        size += len(part)
        if size > _AT_ONCE:
            yield b"".join(some)
            some, size = [], 0
    yield b"".join(some)


def _is_flat(file: BinaryIO, archive: Archive | None) -> bool:
    """Whether the file holds arrays by name, of no model: safetensors, NumPy's, PyTorch's."""
    if archive is not None:
        return CONFIG not in archive and any(name.endswith((_NPY, _PICKLE)) for name in archive.names)
    return _is_safetensors(file) or _start(file).startswith(_PICKLED)


def _is_safetensors(file: BinaryIO) -> bool:
    from resnet_dsl.weights.safetensors import is_one

    return is_one(_start(file))


def _start(file: BinaryIO) -> bytes:
    start = file.read(_STARTS)
    file.seek(0)
    return start


def _arrays(file: BinaryIO, size: int, archive: Archive | None) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """The weights of such a file, and what lies beside them and is not read."""
    from resnet_dsl.weights.stored import STATES, weights_alone, within

    beside: tuple[str, ...] = ()
    if archive is not None and not any(name.endswith(_PICKLE) for name in archive.names):
        from resnet_dsl.weights.tensors import npz_arrays

        found = npz_arrays(archive)
    elif archive is None and _is_safetensors(file):
        from resnet_dsl.weights.safetensors import stored_arrays

        found = stored_arrays(file.read())
    else:
        from resnet_dsl.weights.tensors import torch_arrays

        file.seek(0)
        _make_room_for_torch()
        found, beside = torch_arrays(file)
    roots = dict.fromkeys(str(name).partition(".")[0] for name in (*(one.name for one in found), *beside))
    left = [name for name in roots if name in STATES or any(one.partition(".")[0] == name for one in beside)]
    return within(weights_alone(found), most_unpacked(size)), tuple(left)


def _answer_about(file: BinaryIO, size: int, out: BinaryIO) -> None:
    _write_line(out, {"about": _about(file, _archive(file, size))})


def _answer_config(file: BinaryIO, size: int, out: BinaryIO) -> None:
    """Parsed here first, where it may take no more memory than a file of this size is allowed."""
    archive = _archive(file, size)
    config = _config(file, archive)
    try:
        text = None if config is None else config.decode()
        json.loads(text or "null")
    except (ValueError, RecursionError):
        raise DamagedError("Keras' description of the model is no JSON") from None
    _write_line(out, {"config": text, "is_archive": archive is not None})


def _about(file: BinaryIO, archive: Archive | None) -> About:
    return about(archive, _config(file, archive))


def _config(file: BinaryIO, archive: Archive | None) -> bytes | None:
    """Keras' description of the model; None where the file has none."""
    if archive is not None:
        return archive.read(CONFIG, LARGEST_CONFIG) if CONFIG in archive else None
    from resnet_dsl.weights.hdf5 import model_config
    from resnet_dsl.weights.stored import SIGNATURE

    file.seek(0)
    content = file.read()
    with _hdf5():
        return model_config(content) if content.startswith(SIGNATURE) else None


def _archive(file: BinaryIO, size: int) -> Archive | None:
    """The archive; None where the file is no such thing."""
    start = file.read(8)
    file.seek(0)
    return Archive(file, size) if start.startswith(b"PK") else None


def _layers(file: BinaryIO, size: int, archive: Archive | None) -> tuple[Any, ...]:
    from resnet_dsl.weights.stored import SIGNATURE

    names: dict[str, str] = {}
    if archive is not None:
        names = names_of_groups(archive.read(CONFIG, LARGEST_CONFIG))
    content = file.read() if archive is None else archive.read(WEIGHTS)
    if not content.startswith(SIGNATURE):
        raise DamagedError("it is neither a `.keras` archive nor an HDF5 file")
    with _hdf5():
        return _stored_layers(content, most_unpacked(size), names.get)


def _stored_layers(content: bytes, most: int, named: Callable[[str], str | None]) -> tuple[Any, ...]:
    """As most files are written they are read without h5py, many times as fast."""
    from resnet_dsl.weights import plain

    with suppress(plain.NotPlainError):
        return plain.stored_layers(content, most, named)
    from resnet_dsl.weights.hdf5 import stored_layers

    return stored_layers(content, most, named)


@contextmanager
def _hdf5() -> Iterator[None]:
    """Whatever h5py raises within the block is damage of the file."""
    try:
        yield
    except (DamagedError, MemoryError, ImportError):
        raise
    except Exception as wrong:  # of every kind: h5py says with it whatever the library in C complained of
        raise DamagedError(f"its HDF5 is damaged ({type(wrong).__name__}: {str(wrong).splitlines()[0]})") from None


def _described(layer: Any) -> dict[str, Any]:
    arrays = [{"name": one.name, "shape": one.shape, "kind": one.kind, "path": one.path} for one in layer.arrays]
    return {"name": layer.name, "place": layer.place, "arrays": arrays}


def _write_line(out: BinaryIO, data: dict[str, Any]) -> None:
    out.write(json.dumps(data).encode() + b"\n")


def _limit_this_process(size: int) -> None:
    """Bounds memory and time, where the system can; and HDF5 loads no libraries."""
    os.environ["HDF5_PLUGIN_PRELOAD"] = "::"
    with suppress(ImportError, ValueError, OSError):
        import resource

        signal.alarm(_WAITING * most_seconds(size))  # a library that runs out of memory may wait for itself
        resource.setrlimit(resource.RLIMIT_CPU, (most_seconds(size), most_seconds(size) + 1))
        resource.setrlimit(resource.RLIMIT_AS, (most_memory(size), most_memory(size) + ROOM_FOR_TORCH))


def _make_room_for_torch() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        most, with_torch = resource.getrlimit(resource.RLIMIT_AS)
        if most != resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_AS, (with_torch, with_torch))


_ANSWERS = {"graph": _answer_graph, "about": _answer_about, "config": _answer_config, "weights": _answer_weights}

if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], sys.stdout.buffer)
    sys.stdout.flush()
    os._exit(0)  # to take apart what was read would take as long as reading it did
