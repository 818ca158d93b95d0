"""What a stranger's data set may cost: looked at before it is spent. Numbers that float32 cannot hold."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import resource
import struct
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from resnet_dsl.laboratory.data import limits, load
from resnet_dsl.laboratory.data.unpickle import unpickled
from tests.laboratory.data.reading import images_of, refused
from tests.laboratory.data.test_cifar import batches, put

Made = tuple[NDArray[np.uint8], NDArray[np.uint8]]
SMALL = 1024**2


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bombs that stay small: an archive may unpack to one MiB, or to 50 times its size."""
    monkeypatch.setattr(limits, "FREE_BYTES", SMALL)


@pytest.fixture(autouse=True)
def _cheap() -> Any:
    """No test of this file may take much memory or time."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000
    assert time.process_time() - began < 10


def test_an_npz_that_unpacks_to_too_much(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", x=np.zeros((4000, 32, 32), np.uint8), y=np.zeros(4000, int))
    failure = refused(tmp_path / "a.npz", "a.npz unpacks to more than 1 MiB, out of")
    assert "without compression" in str(failure.remedy)
    np.savez(tmp_path / "b.npz", x=np.zeros((4000, 32, 32), np.uint8), y=np.arange(4000) % 2)
    assert load(str(tmp_path / "b.npz")).classes == 2
    np.savez_compressed(tmp_path / "c.npz", x=np.zeros((9, 2, 2)), y=np.arange(9) % 2, more=np.zeros(10**7))
    assert load(str(tmp_path / "c.npz")).notes == (f"{tmp_path / 'c.npz'}: not used: more",)


@pytest.mark.parametrize("shape", [(10**9, 10**6), (2**62,), (-1, 4), (4, 4)])
def test_an_npz_that_lies_about_its_shape(tmp_path: Path, shape: tuple[int, ...]) -> None:
    out = io.BytesIO()
    np.lib.format.write_array_header_1_0(out, {"descr": "|u1", "fortran_order": False, "shape": shape})
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", out.getvalue() + b"few")
        archive.writestr("y.npy", out.getvalue() + b"few")
    refused(tmp_path / "a.npz", "a.npz cannot be read as .npz")


def test_an_npz_with_other_things_in_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x", b"no array")
        archive.writestr("y.npy", b"\x93NUMPY")
    refused(tmp_path / "a.npz", "cannot be read as .npz")
    np.savez(tmp_path / "b.npz", x=np.zeros((4, 2, 2)), y=[0, 1, 0, 1])
    content = bytearray((tmp_path / "b.npz").read_bytes())
    for at in (content.find(b"PK\1\2") + 8, 6):  # the flag of encryption, in the directory and before the entry
        content[at] |= 1
    (tmp_path / "b.npz").write_bytes(bytes(content))
    refused(tmp_path / "b.npz", "cannot be read as .npz")


def test_gzipped_idx_files_that_unpack_to_too_much(tmp_path: Path) -> None:
    head = struct.pack(">BBBBIII", 0, 0, 8, 3, 8000, 32, 32)
    with gzip.open(tmp_path / "train-images-idx3-ubyte.gz", "wb") as file:
        file.write(head + bytes(8000 * 32 * 32))
    with gzip.open(tmp_path / "train-labels-idx1-ubyte.gz", "wb") as file:
        file.write(struct.pack(">BBBBI", 0, 0, 8, 1, 8000) + bytes(8000))
    refused(tmp_path, "train-images-idx3-ubyte.gz unpacks to more than 1 MiB")


def test_idx_files_that_lie_or_contradict_each_other(tmp_path: Path, grey: Made) -> None:
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(struct.pack(">BBBBI", 0, 0, 8, 1, 2) + b"\0\1")
    for head, words in (
        (struct.pack(">BBBBIII", 0, 0, 8, 3, *[2**32 - 1] * 3), "is cut off"),
        (bytes([0, 0, 8, 255]) + b"\xff" * 1020, "is no idx file: it tells of 255 axes"),
    ):
        (tmp_path / "train-images-idx3-ubyte").write_bytes(head + bytes(32))
        refused(tmp_path, f"train-images-idx3-ubyte {words}")
    (tmp_path / "train-images.idx3-ubyte").write_bytes(b"")
    refused(tmp_path, "train-images-idx3-ubyte and train-images.idx3-ubyte hold the same part")


def tarred(
    path: Path, members: list[tuple[str, bytes]], change: Callable[[tarfile.TarInfo], None] | None = None
) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            if change is not None:
                change(info)
            archive.addfile(info, io.BytesIO(content))
    return path


def test_a_tar_archive_that_unpacks_to_too_much(tmp_path: Path) -> None:
    for name in ("data_batch_1.bin", "other/thing"):
        archive = tarred(tmp_path / "a.tar.gz", [(name, bytes(20 * SMALL)), ("test_batch.bin", b"")])
        refused(archive, "a.tar.gz unpacks to more than 1 MiB, out of")


def test_a_tar_archive_with_odd_members(tmp_path: Path, coloured: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    good = [*batches(coloured, False, "binary").items()]
    assert (
        load(str(tarred(tmp_path / "a.tar.gz", [(f"../../{name}", content) for name, content in good]))).classes == 10
    )
    assert not (tmp_path.parent.parent / "test_batch.bin").exists()
    refused(tarred(tmp_path / "b.tar.gz", [*good, ("again/test_batch.bin", good[-1][1])]), "test_batch twice")
    refused(tarred(tmp_path / "c.tar.gz", [*good, ("train.bin", b"")]), "of CIFAR-10 and of CIFAR-100")
    refused(tarred(tmp_path / "d.tar.gz", [*good, ("test_batch", b"")]), "test_batch twice")

    def linked(info: tarfile.TarInfo) -> None:
        info.type, info.linkname = (tarfile.SYMTYPE, "/etc/passwd")

    refused(tarred(tmp_path / "e.tar.gz", [(name, b"") for name, _ in good], linked), "holds no batches")
    head = bytearray(tarfile.TarInfo("data_batch_1.bin").tobuf(tarfile.GNU_FORMAT))
    head[124:136] = b"\xff" * 11 + b"\0"  # a size below 0
    (tmp_path / "f.tar").write_bytes(bytes(head) + bytes(1024))
    refused(tmp_path / "f.tar", "f.tar")


def test_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.npz")
    refused(tmp_path / "a.npz", "is no regular file")
    refused(Path("/dev/zero"), "is no regular file")
    os.mkfifo(tmp_path / "train-images-idx3-ubyte")
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(b"")
    refused(tmp_path, "is no regular file")
    refused("a\0b", "there is no file, folder or data set")


# Pickles


def long_memo() -> bytes:
    return b"\x80\x02K\x01r" + struct.pack("<I", 2**31 - 1) + b"."


def nested(levels: int, key: bool) -> bytes:
    """Tuples of the tuple before, each twice: 2 ** levels of them to whoever follows all ways."""
    body = b"\x80\x02K\x01q\x00" + b"".join(b"h%ch%c\x86q%c" % (n, n, n + 1) for n in range(levels))
    return body + (b"\x85." if not key else b"0" + b"}h%cK\x01s." % levels)


@pytest.mark.parametrize(
    "content",
    [
        long_memo(),
        nested(60, key=True),
        b"\x80\x04\x8e" + struct.pack("<Q", 2**60) + b".",
        b"\x80\x02B" + struct.pack("<I", 2**31) + b".",
        b"(" * 100_000 + b"t" * 100_000 + b".",
        b"]" * 100_000 + b"a" * 99_999 + b".",
        b"\x80\x02cnumpy\ndtype\n" + nested(60, key=False)[2:-1] + b"R.",
        b"\x80\x02cnumpy\ndtype\n}b.",
        b"\x80\x02c_codecs\nencode\n}U\x08__name__K\x01sb.",
        b"\x80\x02I" + b"9" * 5000 + b"\n.",
        b"\x80\x02\x8a\xff" + b"\x7f" * 255 + b".",
        b"R.",
        b".",
        b"h\x00.",
        b"\x80\x02}]K\x01s.",
        b"\x80\x02}(U\x01as.",
        b"\x80\x02}(U\x01au.",
    ],
)
def test_hostile_pickles_cost_nothing(tmp_path: Path, coloured: Made, content: bytes) -> None:
    files = batches(coloured, False, "python2") | {"data_batch_1": content}
    refused(put(tmp_path / "set", files), "data_batch_1")


def test_what_pickles_of_data_hold_reads_as_pickle_reads_it() -> None:
    value = {
        "data": np.arange(12, dtype=np.uint8).reshape(3, 4), "labels": [1, 2**40, -3], "names": ["a", "é"],
        "flag": True, "none": None, "pair": (1, "x"), "empty": [(), {}], "number": 0.5,
    }  # fmt: skip
    for protocol in range(5):
        read: Any = unpickled(pickle.dumps(value, protocol), "x")
        np.testing.assert_array_equal(read.pop("data"), value["data"])
        assert read == {name: one for name, one in value.items() if name != "data"}


# Numbers


@pytest.mark.parametrize("dtype", ["<u2", ">u2", "<i2", ">i4", "<f2", ">f8", "<u8"])
def test_arrays_of_any_type_keep_their_numbers(tmp_path: Path, dtype: str) -> None:
    values = np.array([0, 255, 256, 2000]).repeat(4).reshape(4, 2, 2).astype(dtype)
    np.savez(tmp_path / "a.npz", x_train=values, y_train=[0, 1, 0, 1], x_test=values, y_test=[0, 1, 0, 1])
    np.testing.assert_array_equal(images_of(load(str(tmp_path / "a.npz")).train), values.astype(float))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.array([0, 2**24 + 1]), "the images' values reach 1.68e+07, beyond what float32 holds"),
        (np.array([0, 1e39]), "beyond what float32 holds"),
        (np.array([0, -1e19]), "beyond what float32 holds"),
        (np.array([0, np.inf]), "not finite numbers"),
        (np.array([0, 2**64 - 1], np.uint64), "beyond what float32 holds"),
        (np.array([0, 1j]), "the images are complex128"),
        (np.array([True, False]), "the images are bool"),
        (np.array(["1", "2"]), "the images are <U1"),
        (np.array([0, 1], "M8[s]"), "the images are datetime64"),
    ],
)
def test_numbers_that_float32_does_not_hold_are_refused(tmp_path: Path, values: Any, words: str) -> None:
    np.savez(tmp_path / "a.npz", x=values.repeat(20).reshape(10, 2, 2), y=[0, 1] * 5)
    refused(tmp_path / "a.npz", words)
