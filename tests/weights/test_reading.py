"""Files of weights that are sound are read as they are; damaged and hostile ones are refused, whatever they do."""

from __future__ import annotations

import os
import pickle
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from resnet_dsl.failure import Failure
from resnet_dsl.weights import SavedModel, read_graph_json, read_weights
from tests.weights.files import ARRAYS, NAMES, archive, older, put, weights

FIRST = "layers/conv2d/vars"


def named(model: SavedModel) -> dict[str | None, list[Any]]:
    return {layer.name: [array.values for array in layer.arrays] for layer in model.layers}


@pytest.mark.parametrize(
    "content",
    [
        weights(),
        archive(),
        archive({"model.weights.h5": weights(named=False)}),
        archive(method=zipfile.ZIP_DEFLATED),
        weights(lambda file: file.create_group("optimizer/vars").create_dataset("0", data=3)),
        weights(lambda file: file.create_group("layers/dropout/seed_generator/vars").create_dataset("0", data=[1, 2])),
    ],
    ids=["weights", "archive", "names of the configuration", "deflated", "with an optimizer", "with a seed's state"],
)
def test_layers_are_read_by_name(tmp_path: Path, content: bytes) -> None:
    found = named(read_weights(put(tmp_path, content)))
    assert found.keys() == set(NAMES.values())
    for place, arrays in ARRAYS.items():
        assert all(map(np.array_equal, found[NAMES[place]], arrays))


def test_variables_stand_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    def many(file: Any) -> None:
        group = file.create_group("layers/many/vars")
        group.attrs["name"] = "many"
        for index in range(12):
            group[str(index)] = np.full(1, index, "float32")
        group["gain"] = np.full(1, 12, "float32")

    found = named(read_weights(put(tmp_path, weights(many))))["many"]
    assert [float(one[0]) for one in found] == list(range(13))


def test_types_of_several_sizes_stand_behind_each_other(tmp_path: Path) -> None:
    """Three halves leave what follows at a place that no double may begin at."""
    kinds = ["float16", "float64", "float32", "float16", "float64"]
    arrays = [np.arange(3, dtype=kind) + number for number, kind in enumerate(kinds)]

    def mixed(file: Any) -> None:
        group = file.create_group("layers/mixed/vars")
        group.attrs["name"] = "mixed"
        for index, array in enumerate(arrays):
            group[str(index)] = array

    found = named(read_weights(put(tmp_path, weights(mixed))))["mixed"]
    assert [one.dtype.name for one in found] == kinds
    assert all(map(np.array_equal, found, arrays))
    assert all(one.flags.aligned for one in found)


def test_the_older_layout_has_names_for_variables_too(tmp_path: Path) -> None:
    (layer,) = read_weights(put(tmp_path, older())).layers
    assert (layer.name, [array.name for array in layer.arrays]) == ("first", ["kernel", "bias"])
    assert np.array_equal(layer.arrays[0].values, ARRAYS["layers/conv2d"][0])


def test_the_older_layout_inside_a_whole_model_and_in_parts(tmp_path: Path) -> None:
    def whole(file: Any) -> None:
        names = file.attrs["layer_names"]
        del file.attrs["layer_names"]
        inside = file.create_group("model_weights")
        for name in ("input", "first"):
            file.move(name, f"model_weights/{name}")
        inside.attrs["layer_names0"], inside.attrs["layer_names1"] = names[:1], names[1:]

    assert named(read_weights(put(tmp_path, older(whole)))).keys() == {"first"}


@pytest.mark.parametrize("options", [{"compression": "gzip"}, {"compression": "lzf"}, {"fletcher32": True}])
def test_packed_arrays_are_read(tmp_path: Path, options: dict[str, Any]) -> None:
    def pack(file: Any) -> None:
        del file[f"{FIRST}/0"]
        file[FIRST].create_dataset("0", data=ARRAYS["layers/conv2d"][0], chunks=True, **options)

    found = named(read_weights(put(tmp_path, weights(pack))))
    assert np.array_equal(found["first"][0], ARRAYS["layers/conv2d"][0])


def test_big_endian_numbers_are_the_same_numbers(tmp_path: Path) -> None:
    def turn(file: Any) -> None:
        del file[f"{FIRST}/0"]
        file[f"{FIRST}/0"] = ARRAYS["layers/conv2d"][0].astype(">f4")

    assert np.array_equal(named(read_weights(put(tmp_path, weights(turn))))["first"][0], ARRAYS["layers/conv2d"][0])


def _replaced(make: Callable[[Any], object]) -> bytes:
    """A weights file whose first array is made otherwise."""

    def change(file: Any) -> None:
        del file[f"{FIRST}/0"]
        make(file[FIRST])

    return weights(change)


def _virtual(group: Any) -> None:
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("/etc/hostname", "x", (4,))
    group.create_virtual_dataset("0", layout)


def _foreign_filter(group: Any) -> None:
    settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    settings.set_chunk((4,))
    settings.set_filter(32015, h5py.h5z.FLAG_OPTIONAL)  # Zstandard, by a library that HDF5 would load
    h5py.h5d.create(group.id, b"0", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((4,)), settings)


def _deep(file: Any) -> None:
    file.create_group("layers/" + "layers/" * 30 + "conv2d/vars").create_dataset("0", data=[1.0])


def _aliases(group: Any) -> None:
    group["0"] = np.zeros(4, "f4")
    for index in range(1, 50):
        group[str(index)] = group["0"]


def _input_is_a_link(file: Any) -> None:
    del file["input"]
    file["input"] = h5py.SoftLink("/first")


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "neither a `.keras` archive nor an HDF5 file"),
    "a text": (b"weights", "neither a `.keras` archive nor an HDF5 file"),
    "a signature alone": (weights()[:8], "HDF5 is damaged"),
    "half": (weights()[: len(weights()) // 2], "HDF5 is damaged"),
    "an archive cut off": (archive()[:-30], "the archive is cut off or damaged"),
    "half an archive": (archive()[:2000], "the archive is cut off or damaged"),
    "no weights": (archive(without=("model.weights.h5",)), "no entry `model.weights.h5`"),
    "no configuration": (archive(without=("config.json",)), "no entry `config.json`"),
    "configuration: no JSON": (archive({"config.json": b"{"}), "(`config.json`) is damaged"),
    "configuration: a list": (archive({"config.json": b"[1]"}), "(`config.json`) is damaged"),
    "configuration: layers that are none": (
        archive({"config.json": b'{"config": {"layers": [3]}}'}),
        "(`config.json`) is damaged",
    ),
    "configuration: deep": (archive({"config.json": b"[" * 100_000}), "(`config.json`) is damaged"),
    "weights that are a text": (archive({"model.weights.h5": b"weights"}), "neither"),
    "leads out": (archive({"../../x": b""}), "leads out"),
    "leads out, absolute": (archive({"/etc/x": b""}), "leads out"),
    "leads out, a drive": (archive({"C:\\x": b""}), "leads out"),
    "leads out, backwards": (archive({"a\\..\\..\\x": b""}), "leads out"),
    "bzip2": (archive(method=zipfile.ZIP_BZIP2), "(number 12)"),
    "lzma": (archive(method=zipfile.ZIP_LZMA), "(number 14)"),
    "bomb": (archive({"model.weights.h5": bytes(70 * 2**20)}, zipfile.ZIP_DEFLATED), "unpacks to 73,400,320 bytes"),
    "a link to elsewhere": (_replaced(lambda g: g.__setitem__("0", h5py.ExternalLink("/etc/x", "/"))), "is a link"),
    "a link inside": (_replaced(lambda g: g.__setitem__("0", h5py.SoftLink("/layers"))), "is a link|has no"),
    "an array elsewhere": (
        _replaced(lambda g: g.create_dataset("0", (4,), "f4", external=[("/etc/hostname", 0, 16)])),
        "in another file",
    ),
    "an array made of others": (_replaced(_virtual), "in another file"),
    "a filter from a library": (_replaced(_foreign_filter), "number 32015"),
    "an array too large": (
        _replaced(lambda g: g.create_dataset("0", (10**9, 10**6), "f4", chunks=(1024, 1024))),
        "unpack to 4,000,000,000,000,0",
    ),
    "zeros, packed": (
        _replaced(lambda g: g.create_dataset("0", data=np.zeros(2 * 10**7, "f4"), compression="gzip")),
        "unpack to 80,000,0",
    ),
    "one array at fifty places": (_replaced(_aliases), "lies at two places"),
    "a circle": (weights(lambda f: f["layers"].__setitem__("again", f["layers"])), "lies at two places"),
    "nested deep": (weights(_deep), "nested too deep"),
    "a group for an array": (_replaced(lambda g: g.create_group("0")), "a group stands where an array"),
    "an array for a group": (weights(lambda f: f["layers"].__setitem__("x", [1.0])), "which is no group"),
    "integers": (_replaced(lambda g: g.__setitem__("0", [1, 2])), "int64 where"),
    "truths": (_replaced(lambda g: g.__setitem__("0", [True])), "bool where"),
    "texts": (_replaced(lambda g: g.__setitem__("0", ["a"])), "object where"),
    "complex numbers": (_replaced(lambda g: g.__setitem__("0", [1j])), "complex128 where"),
    "long numbers": (_replaced(lambda g: g.__setitem__("0", np.zeros(2, "longdouble"))), "where"),
    "records": (_replaced(lambda g: g.__setitem__("0", np.zeros(2, "f4,f4"))), "where"),
    "references": (_replaced(lambda g: g.create_dataset("0", (1,), h5py.ref_dtype)), "object where"),
    "a pickle": (_replaced(lambda g: g.__setitem__("0", np.void(pickle.dumps(1)))), "void"),
    "nothing for an array": (_replaced(lambda g: g.create_dataset("0", data=h5py.Empty("f4"))), "has no shape"),
    "a pickled name": (weights(lambda f: f[FIRST].attrs.__setitem__("name", np.void(pickle.dumps(1)))), "is no name"),
    "a name that is a list": (weights(lambda f: f[FIRST].attrs.__setitem__("name", ["a", "b"])), "is no name"),
    "a name that is a number": (weights(lambda f: f[FIRST].attrs.__setitem__("name", 3)), "is no name"),
    "a name with an escape": (weights(lambda f: f[FIRST].attrs.__setitem__("name", "\x1b[31m")), "is no name"),
    "a name that never ends": (weights(lambda f: f[FIRST].attrs.__setitem__("name", "x" * 5000)), "is no name"),
    "no layers": (weights(lambda f: f.__delitem__("layers")), "no layers of a Keras model"),
    "older: a list of numbers": (older(lambda f: f.attrs.__setitem__("layer_names", [1, 2])), "is no name"),
    "older: one name": (older(lambda f: f.attrs.__setitem__("layer_names", "first")), "no list of names"),
    "older: a weight that is missing": (older(lambda f: f["first"].__delitem__("first/bias:0")), "has no `bias:0`"),
    "older: a link": (older(_input_is_a_link), "is a link"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_damaged_or_hostile_is_refused(tmp_path: Path, case: str) -> None:
    content, why = HOSTILE[case]
    path = put(tmp_path, content)
    with pytest.raises(Failure) as refused:
        read_weights(path)
    told = str(refused.value)
    assert told.startswith(f"`{path}` cannot be read: ")
    assert any(one in told for one in why.split("|")), told
    assert refused.value.remedy
    assert os.listdir(tmp_path) == ["file"]


def _patched(offset_in_local: int, offset_in_central: int, value: bytes, entry: bytes = b"model.weights.h5") -> bytes:
    """An archive with a field of an entry's two headers changed."""
    content = bytearray(archive())
    local = content.index(entry) - 30
    central = content.rindex(entry) - 46
    content[local + offset_in_local : local + offset_in_local + len(value)] = value
    content[central + offset_in_central : central + offset_in_central + len(value)] = value
    return bytes(content)


def _linked() -> bytes:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return archive({link: b"/etc/passwd"})  # type: ignore[dict-item]


def _twice() -> bytes:
    return archive({"model.weights.hh": weights()}).replace(b"model.weights.hh", b"model.weights.h5")


HEADERS = {
    "encrypted": (_patched(6, 8, struct.pack("<H", 1)), "is encrypted"),
    "an unknown compression": (_patched(8, 10, struct.pack("<H", 99)), "(number 99)"),
    "another checksum": (_patched(14, 16, b"1234"), "is damaged"),
    "a length too short": (_patched(22, 24, struct.pack("<I", 100)), "is damaged"),
    "a length too long": (_patched(22, 24, struct.pack("<I", 10**6)), "is damaged"),
    "a length beyond all": (_patched(22, 24, struct.pack("<I", 4 * 10**9)), "unpacks to 4,000,000,000 bytes"),
    "damage inside": (archive().replace(bytes(np.float32(9.0).tobytes()), b"\xff" * 4), "is damaged"),
    "stored, said to be packed": (_patched(8, 10, struct.pack("<H", 8)), "is damaged"),
    "a link": (_linked(), "leads out"),
    "an entry twice": (_twice(), "twice"),
}


@pytest.mark.parametrize("case", HEADERS)
def test_archives_with_wrong_headers_are_refused(tmp_path: Path, case: str) -> None:
    content, why = HEADERS[case]
    with pytest.raises(Failure) as refused:
        read_weights(put(tmp_path, content))
    assert why in str(refused.value)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(Failure, match="a folder, a device or a pipe"):
            read_weights(path)
    with pytest.raises(FileNotFoundError):
        read_weights(tmp_path / "none")


def test_a_folder_s_own_modules_are_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads starts in the current folder, which may be a stranger's."""
    (tmp_path / "h5py.py").write_text("open('ran', 'w')")
    (tmp_path / "json.py").write_text("open('ran', 'w')")
    monkeypatch.chdir(tmp_path)
    assert read_weights(put(tmp_path, weights())).layers
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("graph", "why"),
    [
        (b"{", "its graph is damaged"),
        (b"[" * 10**6, "its graph is damaged"),
        (b"\xff\xfe", "its graph is damaged"),
        (b'{"nodes":[' + b"[]," * 10**6 + b"0]}", "its graph is damaged"),
        (b"{" + b",".join(b'"%d":0' % one for one in range(10**5)) + b"}", "its graph is damaged"),
    ],
    ids=["cut off", "nested", "no text", "a million mistakes", "a hundred thousand fields"],
)
def test_what_is_no_graph_is_refused(tmp_path: Path, graph: bytes, why: str) -> None:
    path = put(tmp_path, archive({"resnet_dsl/ir.json": graph}))
    with pytest.raises(Failure) as refused:
        read_graph_json(path)
    assert why in str(refused.value)


def test_a_file_without_a_graph(tmp_path: Path) -> None:
    assert read_graph_json(put(tmp_path, archive())) is None
    assert read_graph_json(put(tmp_path, weights())) is None
