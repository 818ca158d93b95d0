"""One image file to an array with all of its bits and pixels; what would lose some is refused by name.

Pillow decodes. It may use its plug-ins for the formats named here and no others, whatever a file's name ends in: some
of the others run programs.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from resnet_dsl.failure import Failure, reason
from resnet_dsl.laboratory.data.images import Decoded, expect_depth, pooling
from resnet_dsl.laboratory.data.limits import MOST_IMAGE_BYTES, MOST_PIXELS, expect_regular
from resnet_dsl.sentences import counted, either

FORMATS = ("BMP", "GIF", "JPEG", "PNG")
MODES = {1: "L", 3: "RGB", 4: "RGBA"}
"""By the number of channels, what Pillow calls 8 bits of grey, of colours, and of colours with opacity."""

SMALLER = "make it smaller first"

DEEP = ("I;16", "I;16B", "I;16L", "I")
"""What Pillow calls grey of 16 bits; ``I`` is how it read those of PNG before version 11."""

ORIENTATION = 0x0112
"""The tag of EXIF that says which side is up."""

SIDEWAYS = (5, 6, 7, 8)
"""Its values under which height and width change places."""

BYTE_ORDERS = {b"II": "<", b"MM": ">"}
"""What EXIF begins with, as in TIFF, and what ``struct`` calls it."""


class Encoded(NamedTuple):
    """An image as it is stored: a file, or what gives its bytes, which errors call ``name``."""

    source: Path | Callable[[], bytes]
    name: str


class Header(NamedTuple):
    """What is known before an image is decoded. ``size``: height and width, upright; ``bits``: 8 or 16 a channel."""

    size: tuple[int, int]
    grey: bool
    bits: int


def expect_channels(channels: int | None) -> None:
    """Refuses a number of channels that no image has; None is that of the first image."""
    if channels is not None and channels not in MODES:
        raise Failure(f"image files have 1, 3 or 4 channels, the network's input has {channels}")


def on_demand(
    stored: Sequence[Encoded], resize: tuple[int, ...] | None, channels: int | None
) -> tuple[Decoded, Header]:
    """Images of one size, one depth and ``channels`` (None: as the first has), and the header of the first.

    They are decoded when they are asked for, and pooled where ``resize`` says to what size.
    """
    first = header(stored[0])
    channels = channels or (1 if first.grey else 3)

    def decode(row: int) -> NDArray[Any]:
        image = decoded(stored[row], channels)
        expect_depth(8 * image.dtype.itemsize, first.bits, stored[row].name)
        return image

    wanted = decode if resize is None else pooling(decode, resize)
    return Decoded(len(stored), wanted(0).shape, wanted, lambda row: stored[row].name), first


def header(encoded: Encoded) -> Header:
    """The header of an image. Raises Failure where it is none, or one that cannot be read whole."""
    with _opened(encoded) as image:
        sideways = _orientation(image, encoded) in SIDEWAYS
        size = (image.width, image.height) if sideways else (image.height, image.width)
        return Header(size, image.mode in ("1", "L", "LA", *DEEP), 16 if image.mode in DEEP else 8)


def decoded(encoded: Encoded, channels: int) -> NDArray[Any]:
    """The image upright, shape (height, width, channels), of uint8, or uint16 where it has 16 bits.

    1 channel reads colours as grey, 3 read grey as colours, 4 are colours with opacity. Raises Failure as ``header``
    does, and where transparent pixels would be lost.
    """
    from PIL import ImageOps

    with _opened(encoded) as image:
        image.load()
        upright = image if _orientation(image, encoded) == 1 else ImageOps.exif_transpose(image)
        return _deep(upright, encoded, channels) if upright.mode in DEEP else _usual(upright, encoded, channels)


@contextmanager
def _opened(encoded: Encoded) -> Iterator[Any]:
    """The image, its header read and found in order. Damage that shows later, within the block, is refused, too."""
    from PIL import Image, UnidentifiedImageError

    try:
        with _stream(encoded) as stream, Image.open(stream, formats=FORMATS) as image:
            _check(image, encoded.name)
            yield image
    except (Failure, FileNotFoundError):
        raise
    except PermissionError as error:
        raise Failure(f"no permission to read {encoded.name}") from error
    except Image.DecompressionBombError as error:  # Pillow's own limit lies above MOST_PIXELS
        raise Failure(f"{encoded.name} has more than {MOST_PIXELS:,} pixels", SMALLER) from error
    except UnidentifiedImageError as error:
        raise _unreadable(encoded, f"it is no {either(FORMATS)}, or damaged") from error
    except Exception as error:  # a damaged image fails in any of a dozen ways
        raise _unreadable(encoded, reason(error)) from error


def _unreadable(encoded: Encoded, why: str) -> Failure:
    return Failure(f"{encoded.name} cannot be read as an image: {why}")


def _stream(encoded: Encoded) -> io.BytesIO | io.BufferedReader:
    if not isinstance(encoded.source, Path):
        return io.BytesIO(encoded.source())
    expect_regular(encoded.source)
    if encoded.source.stat().st_size > MOST_IMAGE_BYTES:
        raise _unreadable(encoded, f"it has more than {MOST_IMAGE_BYTES // 1024**2} MiB")
    return encoded.source.open("rb")


def _check(image: Any, name: str) -> None:
    """Refuses by the header what is too large, or would be read in part."""
    if image.width * image.height > MOST_PIXELS:
        raise Failure(f"{name} has {image.width:,} x {image.height:,} pixels, more than {MOST_PIXELS:,}", SMALLER)
    if image.format in ("GIF", "PNG") and getattr(image, "is_animated", False):
        raise Failure(f"{name} holds {image.n_frames} pictures, a film", "save the one that is meant as a file")
    if image.mode not in DEEP and any(";16" in str(tile[3]) for tile in image.tile):
        raise Failure(
            f"{name} has 16 bits for each of several channels, of which Pillow reads 8",
            "save it with 8 bits a channel, or all images with their 16 bits as an .npz",
        )


def _orientation(image: Any, encoded: Encoded) -> int:
    """Which side is up. Pillow passes over damage with a warning; here it is refused where it may hide the answer."""
    if "exif" not in image.info:
        return 1
    said = image.getexif().get(ORIENTATION)
    if said is None and not _lacks_orientation(image.info["exif"]):
        raise Failure(
            f"{encoded.name} does not say which side is up: its EXIF data are damaged",
            "save it anew as it should be seen, without EXIF data",
        )
    return 1 if said is None else int(said)


def _lacks_orientation(exif: bytes) -> bool:
    """Whether these data can be read to the end of their tags, and none is the orientation (EXIF 2.3, 4.6.2)."""
    data = exif.removeprefix(b"Exif\0\0")
    if not data:
        return True
    try:
        order = BYTE_ORDERS[data[:2]]
        (start,) = struct.unpack_from(f"{order}L", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, start)
        tags = [struct.unpack_from(f"{order}H10x", data, start + 2 + 12 * number)[0] for number in range(count)]
    except (KeyError, struct.error):
        return False
    return ORIENTATION not in tags


def _usual(image: Any, encoded: Encoded, channels: int) -> NDArray[np.uint8]:
    if channels != 4 and (image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info):
        image = image.convert("RGBA" if image.mode in ("P", "PA", "RGB", "RGBA") else "LA")
        if image.getchannel("A").getextrema()[0] < 255:
            raise _transparent(encoded, channels)
    pixels: NDArray[np.uint8] = np.array(image.convert(MODES[channels]), np.uint8)
    return pixels.reshape(image.height, image.width, channels)


def _deep(image: Any, encoded: Encoded, channels: int) -> NDArray[np.uint16]:
    """Grey of 16 bits, once for each channel: Pillow's own conversions to colours would cut it to 8."""
    pixels: NDArray[np.uint16] = np.array(image).astype(np.uint16)
    if channels == 4 or (pixels == image.info.get("transparency", -1)).any():
        raise _transparent(encoded, channels)
    return np.repeat(pixels[..., None], channels, axis=-1)


def _transparent(encoded: Encoded, channels: int) -> Failure:
    if channels == 4:
        return Failure(f"{encoded.name} is grey with 16 bits; 4 channels are read from colours", "convert it first")
    return Failure(
        f"{encoded.name} has transparent pixels, which {counted(channels, 'channel')} cannot hold",
        "lay it on a background first, or give the network 4 channels: --input 32x32x4, with your height and width",
    )
