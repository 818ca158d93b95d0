"""Image files read with all of their bits, upright and whole; or refused by name. Beside readers of others."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data import images as images_module
from resnet_dsl.laboratory.data import load
from resnet_dsl.laboratory.data.decoding import Encoded, decoded, header
from resnet_dsl.laboratory.data.limits import MOST_PIXELS
from tests.cli.calling import NET, call
from tests.laboratory.data.reading import by_row, images_of, refused

Image = pytest.importorskip("PIL.Image")

Array = NDArray[Any]
NOISE = np.random.default_rng(0)


def png(rows: Array, depth: int, kind: int, *chunks: bytes) -> bytes:
    """A PNG by its specification (W3C 2003): ``rows``, bytes as they are stored, one row a line; ``kind`` of colour."""
    height, width = rows.shape[0], rows.shape[1] * 8 // (depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind])
    body = b"".join(b"\0" + row.tobytes() for row in rows)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def deep(values: Array) -> Array:
    """16-bit values as PNG stores them: the high byte first."""
    return values.astype(">u2").view(np.uint8)


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def read(content: bytes, channels: int = 3) -> Array:
    return decoded(Encoded(lambda: content, "x.png"), channels)


def is_refused(content: bytes, words: str, channels: int = 3) -> None:
    with pytest.raises(Failure, match=words) as caught:
        read(content, channels)
    assert "x.png" in str(caught.value)
    assert "object at 0x" not in str(caught.value)


@pytest.mark.parametrize("channels", [1, 3])
def test_grey_of_16_bits_keeps_them(channels: int) -> None:
    values = np.array([[0, 136, 5000], [60000, 65535, 255]])
    array = read(png(deep(values), 16, 0), channels)
    assert array.dtype == np.uint16
    np.testing.assert_array_equal(array, np.repeat(values[..., None], channels, axis=-1))
    assert header(Encoded(lambda: png(deep(values), 16, 0), "x.png")).bits == 16


@pytest.mark.parametrize(("kind", "channels"), [(2, 3), (4, 2), (6, 4)])
def test_several_channels_of_16_bits_are_refused(kind: int, channels: int) -> None:
    values = NOISE.integers(0, 65536, (2, 3 * channels))
    is_refused(png(deep(values), 16, kind), "16 bits for each of several channels")


@pytest.mark.parametrize(("depth", "scale"), [(1, 255), (2, 85), (4, 17)])
def test_few_bits_are_spread_over_0_to_255(depth: int, scale: int) -> None:
    """As PNG's specification says (12.5): a sample of all ones is white."""
    row = np.arange(2**depth, dtype=np.uint8).repeat(8)
    bits = np.unpackbits(row[:, None], axis=1)[:, 8 - depth :]
    array = read(png(np.packbits(bits.reshape(1, -1), axis=1), depth, 0), 1)
    np.testing.assert_array_equal(array[0, :, 0], row * scale)


def test_palettes() -> None:
    palette = chunk(b"PLTE", bytes([255, 0, 0, 0, 128, 0, 1, 2, 3]))
    rows = np.array([[0, 1, 2]], np.uint8)
    np.testing.assert_array_equal(read(png(rows, 8, 3, palette))[0], [[255, 0, 0], [0, 128, 0], [1, 2, 3]])
    is_refused(png(rows, 8, 3, palette, chunk(b"tRNS", bytes([255, 7]))), "transparent pixels")
    opaque = png(rows, 8, 3, palette, chunk(b"tRNS", bytes([255, 255])))
    np.testing.assert_array_equal(read(opaque)[0, 2], [1, 2, 3])
    assert read(png(rows, 8, 3, palette, chunk(b"tRNS", bytes([255, 7]))), 4)[0, :, 3].tolist() == [255, 7, 255]


def test_opacity_is_dropped_only_where_all_is_opaque() -> None:
    rows = NOISE.integers(0, 256, (3, 4, 4), np.uint8)
    is_refused(png(rows.reshape(3, -1), 8, 6), "transparent pixels, which 3 channels cannot hold")
    np.testing.assert_array_equal(read(png(rows.reshape(3, -1), 8, 6), 4), rows)
    rows[..., 3] = 255
    np.testing.assert_array_equal(read(png(rows.reshape(3, -1), 8, 6)), rows[..., :3])
    grey = NOISE.integers(0, 256, (3, 4, 2), np.uint8)
    is_refused(png(grey.reshape(3, -1), 8, 4), "transparent pixels, which 1 channel cannot hold", 1)
    key = chunk(b"tRNS", struct.pack(">H", 5000))
    is_refused(png(deep(np.array([[5000, 1]])), 16, 0, key), "transparent", 1)
    assert read(png(deep(np.array([[5001, 1]])), 16, 0, key), 1).max() == 5001
    is_refused(png(np.array([[7, 1]], np.uint8), 8, 0, chunk(b"tRNS", b"\0\7")), "transparent", 1)


def test_films_are_refused_and_single_pictures_not() -> None:
    frames = [Image.fromarray(NOISE.integers(0, 256, (4, 4, 3), np.uint8)) for _ in range(3)]
    for form in ("GIF", "PNG"):
        film = encoded(frames[0], form, save_all=True, append_images=frames[1:])
        is_refused(film, "holds 3 pictures")
        assert read(encoded(frames[0], form)).shape == (4, 4, 3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_images_are_read_upright(orientation: int) -> None:
    """EXIF 2.3, tag 0x0112; the transformations as its table names them, in NumPy."""
    stored = NOISE.integers(0, 256, (2, 3, 3), np.uint8)
    upright: dict[int, Callable[[Array], Array]] = {
        1: lambda x: x,
        2: lambda x: x[:, ::-1],
        3: lambda x: x[::-1, ::-1],
        4: lambda x: x[::-1],
        5: lambda x: x.transpose(1, 0, 2),
        6: lambda x: np.rot90(x, -1),
        7: lambda x: np.rot90(x.transpose(1, 0, 2), 2),
        8: lambda x: np.rot90(x, 1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(Image.fromarray(stored), "PNG", exif=exif)
    expected = upright[orientation](stored)
    np.testing.assert_array_equal(read(content), expected)
    assert header(Encoded(lambda: content, "x.png")).size == expected.shape[:2]


def exif_of(*entries: bytes, count: int | None = None, end: bytes = b"\0\0\0\0") -> bytes:
    """EXIF data of one directory as TIFF 6.0 lays it out: a header, the number of entries, these, the next one."""
    number = struct.pack("<H", len(entries) if count is None else count)
    return b"Exif\0\0II*\0" + struct.pack("<L", 8) + number + b"".join(entries) + end


UPSIDE_DOWN = struct.pack("<HHLHH", 0x0112, 3, 1, 3, 0)
MAKER = struct.pack("<HHLL", 0x010F, 2, 100_000, 5_000)  # its text lies beyond the end
DAMAGED_ORIENTATION = struct.pack("<HHLL", 0x0112, 3, 100_000, 5_000)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "exif", [exif_of(MAKER), exif_of(end=b""), exif_of(UPSIDE_DOWN, count=9), exif_of(MAKER, UPSIDE_DOWN), b"Exif\0\0"]
)
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_damage_of_exif_that_leaves_no_doubt_is_passed_over(form: str, exif: bytes) -> None:
    stored = np.repeat(np.array([[[0], [255]]], np.uint8), 16, axis=1).repeat(16, axis=0)
    array = read(encoded(Image.fromarray(stored[..., 0]), form, exif=exif), 1)[..., 0]
    np.testing.assert_array_equal(
        array > 127, stored[..., ::-1, 0] > 127 if UPSIDE_DOWN in exif else stored[..., 0] > 127
    )


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "exif", [exif_of(count=9), exif_of(MAKER, count=9), exif_of(DAMAGED_ORIENTATION), b"Exif\0\0II*\0"]
)
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_damage_of_exif_that_may_hide_the_orientation_is_refused(form: str, exif: bytes) -> None:
    is_refused(encoded(Image.fromarray(np.zeros((4, 4), np.uint8)), form, exif=exif), "which side is up|cannot be read")


def test_cmyk_is_read_as_its_formula_says() -> None:
    """R = (255 - C)(255 - K) / 255, and so on; JPEG's own loss is small on an even image."""
    inks = np.full((8, 8, 4), (40, 80, 120, 60), np.uint8)
    array = read(encoded(Image.fromarray(inks, "CMYK"), "JPEG", quality=100))
    expected = (255 - inks[..., :3].astype(float)) * (255 - 60) / 255
    assert np.abs(array - expected).max() < 4


def test_interlaced_is_read_as_any_other() -> None:
    """A GIF whose rows are stored in four passes (GIF89a, appendix E)."""
    values = (np.arange(64, dtype=np.uint8) * 3).reshape(8, 8)
    image = Image.fromarray(values)
    np.testing.assert_array_equal(read(encoded(image, "GIF", interlace=1), 1), read(encoded(image, "GIF"), 1))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_large_images_are_refused_by_their_header(tmp_path: Path) -> None:
    """Also where the header lies: the pixels behind it are few."""
    side = int(MOST_PIXELS**0.5) + 1
    for many in (side, 10_000, 20_000, 2**31 - 1):  # Pillow warns of the second, and refuses the last two
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", many, many, 8, 0, 0, 0, 0))
        liar = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
        is_refused(liar, f"more than {MOST_PIXELS:,}")


@pytest.mark.keras
def test_what_pillow_warns_of_is_said_in_our_words_alone(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    """The images are large enough for Pillow to warn of them."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 10_000, 10_000, 8, 0, 0, 0, 0))
    liar = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    zoo(tmp_path / "zoo", {"a/1.png": liar, "b/2.png": liar})
    (tmp_path / "small.resnet").write_text(NET, encoding="utf-8")
    ended = call("train", str(tmp_path / "small.resnet"), "--data", str(tmp_path / "zoo"), "-o", str(tmp_path / "run"))
    assert ended.code == 2
    assert f"10,000 x 10,000 pixels, more than {MOST_PIXELS:,}" in ended.err
    assert not [one for one in recwarn if "bomb" in str(one.message)]


def test_text_that_unpacks_to_a_bomb_is_refused() -> None:
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b" " * 80_000_000))
    is_refused(png(np.zeros((2, 6), np.uint8), 8, 2, text), "cannot be read as an image")


POSTSCRIPT = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\n(x) = showpage\n%%EOF\n"


@pytest.mark.parametrize(
    "content",
    [
        POSTSCRIPT,
        b"\x01\x00\x00\x00" + b"\0" * 36 + b" EMF" + b"\0" * 80,
        b"P6\n2 2\n255\n" + bytes(12),
        b"II*\0\x08\0\0\0" + bytes(20),
        b"%PDF-1.4\n",
        b"\x00\x00\x01\x00\x01\x00" + bytes(40),
        b"RIFF\x24\0\0\0WEBPVP8 " + bytes(40),
        b"",
        b"\xff\xd8\xff",
    ],
)
def test_only_the_formats_that_are_named_are_opened(content: bytes) -> None:
    is_refused(content, "it is no BMP, GIF, JPEG or PNG, or damaged")


def test_no_program_is_started(tmp_path: Path) -> None:
    """Were PostScript opened, Pillow would look for Ghostscript on the path and run it."""
    touched = tmp_path / "ran"
    program = tmp_path / "bin" / "gs"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch {touched}\n")
    program.chmod(0o755)
    for name in ("a", "b"):
        (tmp_path / "set" / name).mkdir(parents=True)
        (tmp_path / "set" / name / "x.png").write_bytes(POSTSCRIPT)
    code = "import sys; from resnet_dsl.laboratory.data import load; load(sys.argv[1], resize=(8, 8), channels=3)"
    environment = os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}"}
    command = [sys.executable, "-c", code, str(tmp_path / "set")]
    ended = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert b"cannot be read as an image" in ended.stderr
    assert not touched.exists()


# Folders of them


def zoo(folder: Path, images: dict[str, bytes]) -> Path:
    for name, content in images.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def many(depth: int = 8) -> dict[str, bytes]:
    values = NOISE.integers(0, 2**depth, (6, 4, 5))
    rows = [deep(one) if depth == 16 else one.astype(np.uint8) for one in values]
    return {f"{'ab'[n % 2]}/{n}.png": png(row, depth, 0) for n, row in enumerate(rows)}


def test_a_folder_of_deep_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    images = many(16)
    folder = zoo(tmp_path / "deep", images)
    kept = load(str(folder), channels=1)
    for row, name in enumerate(sorted(images)):
        np.testing.assert_array_equal(by_row(kept)[row][0], read(images[name], 1))
    assert images_of(kept.train).max() > 255
    monkeypatch.setattr(images_module, "IN_MEMORY_BYTES", 0)
    np.testing.assert_array_equal(images_of(load(str(folder), channels=1).train), images_of(kept.train))


@pytest.mark.parametrize("resize", [None, (2, 2)])
def test_images_of_two_depths_are_refused(tmp_path: Path, resize: tuple[int, int] | None) -> None:
    folder = zoo(tmp_path, many() | {"b/9.png": png(deep(np.full((4, 5), 5000)), 16, 0)})
    refused(folder, "9.png has 16 bits a pixel, the first image has 8", resize=resize, channels=1)


def test_parts_of_two_depths_are_refused(tmp_path: Path) -> None:
    for part, depth in (("train", 8), ("test", 16)):
        zoo(tmp_path / part, many(depth))
    refused(tmp_path, "0.png has 16 bits a pixel, the first image has 8", channels=1)


def test_hidden_files_are_left_out_and_said_where_they_look_like_images(tmp_path: Path) -> None:
    litter = {
        "a/._0.png": b"\0\5\x16\7", ".DS_Store": b"", "a/.DS_Store": b"", "b/Thumbs.db": b"", "__MACOSX/a/._0.png": b"",
        ".cache/x.png": b"", "b/.hidden/1.png": b"",
    }  # fmt: skip
    plain = load(str(zoo(tmp_path / "plain", many())), channels=1)
    read_ = load(str(zoo(tmp_path / "zoo", many() | litter)), channels=1)
    assert (read_.classes, len(read_.train), len(read_.test)) == (plain.classes, len(plain.train), len(plain.test))
    assert plain.notes == ()
    assert read_.notes == (f"{tmp_path / 'zoo'}: 2 files left out, hidden: ._0.png",)


def test_files_of_other_kinds_are_said(tmp_path: Path) -> None:
    read_ = load(str(zoo(tmp_path, many() | {"a/x.webp": b"", "a/y.webp": b"", "b/notes.txt": b""})), channels=1)
    assert read_.notes == (f"{tmp_path}: 3 files left out, no .bmp, .gif, .jpeg, .jpg, .png: .webp, .txt",)
    refused(zoo(tmp_path / "webp", {"a/x.webp": b"", "b/x.png": many()["a/0.png"]}), "the class `a` has no images")


@pytest.mark.skipif(os.name != "posix", reason="pipes and links are those of POSIX")
def test_pipes_devices_and_links(tmp_path: Path) -> None:
    folder = zoo(tmp_path / "zoo", many())
    os.symlink(folder, folder / "a" / "again")
    assert len(load(str(folder), channels=1).train) == 5
    os.mkfifo(folder / "a" / "pipe.png")
    refused(folder, "pipe.png is no regular file")
    (folder / "a" / "pipe.png").unlink()
    os.symlink("/dev/zero", folder / "a" / "zero.png")
    refused(folder, "zero.png is no regular file")
    (folder / "a" / "zero.png").unlink()
    os.symlink("nowhere", folder / "a" / "lost.png")
    refused(folder, "lost.png")


@pytest.mark.skipif(sys.platform != "linux", reason="names that are not UTF-8 are Linux'")
def test_names_that_are_not_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = os.fsencode(tmp_path / "zoo")
    for number, content in enumerate(many().values()):
        place = folder + (b"/caf\xe9", b"/b")[number % 2]
        os.makedirs(place, exist_ok=True)
        with open(place + b"/%d\xff.png" % number, "wb") as file:
            file.write(content)
    read_ = load(str(tmp_path / "zoo"), channels=1)
    assert read_.class_names == ("b", "caf\\udce9")
    monkeypatch.setattr(images_module, "IN_MEMORY_BYTES", 0)
    assert len(load(str(tmp_path / "zoo"), channels=1).digest()) == 64
