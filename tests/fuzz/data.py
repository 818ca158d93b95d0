"""Mutated data sets: each is read, or refused by a Failure, within the memory that the documentation names.

``python -m tests.fuzz.data --count 20000 --seed 0`` makes small valid sets of every format, changes bytes or structure,
reads them in this process, and reports whatever else happens: any other exception, or more memory.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import pickle
import random
import resource
import shutil
import struct
import sys
import tarfile
import tempfile
import traceback
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.data import load
from resnet_dsl.laboratory.training import checkpoint, history
from resnet_dsl.laboratory.training.checkpoint import Checkpoint, TrainingPosition
from resnet_dsl.laboratory.training.history import EpochRecord
from resnet_dsl.laboratory.training.run_folder import RunFolder, expect_same_run
from tests.fuzz.memory import limit_memory
from tests.laboratory.data.test_cifar import batches
from tests.laboratory.data.test_pictures import chunk, deep, png

MOST_MEMORY = 3 * 1024**3
"""Of address space beside what the process has when it begins."""

Files = dict[str, bytes]
VALUES = np.random.default_rng(0)


class Target(NamedTuple):
    """A valid set: its files, by the path in a folder, and how they are read from there."""

    name: str
    files: Files
    read: Callable[[Path], object]


class Finding(NamedTuple):
    """What was neither read nor refused."""

    target: str
    number: int
    error: str


# Valid sets


def _reading(inner: str = "", channels: int | None = None) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        dataset = load(str(folder / inner), channels=channels)
        return dataset.remarks(), dataset.described, dataset.digest(), dataset.train.read(np.arange(len(dataset.train)))

    return read


def _npz() -> Target:
    out = io.BytesIO()
    images = VALUES.integers(0, 256, (10, 4, 3, 1), np.uint8)
    np.savez_compressed(out, x=images, y=np.arange(10) % 2, class_names=["cat", "dog"])
    return Target("npz", {"a.npz": out.getvalue()}, _reading("a.npz"))


def _idx(zipped: bool) -> Target:
    images, labels = VALUES.integers(0, 256, (10, 4, 3), np.uint8), (np.arange(10) % 2).astype(np.uint8)
    arrays = {"train-images-idx3-ubyte": images, "train-labels-idx1-ubyte": labels}
    files = {
        name: struct.pack(f">BBBB{one.ndim}I", 0, 0, 8, one.ndim, *one.shape) + one.tobytes()
        for name, one in arrays.items()
    }
    if zipped:
        files = {f"{name}.gz": gzip.compress(content) for name, content in files.items()}
    return Target("idx.gz" if zipped else "idx", files, _reading())


def _cifar(form: str, archived: bool) -> Target:
    made = VALUES.integers(0, 256, (20, 32, 32, 3), np.uint8), np.arange(20, dtype=np.uint8) % 10
    files = batches(made, False, form)
    meta = pickle.dumps({b"label_names": [b"%d things" % number for number in range(10)]}, 2)
    files |= {"batches.meta": meta} if form != "binary" else {}
    if not archived:
        return Target(f"cifar {form}", files, _reading())
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(f"cifar/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return Target(f"cifar {form} tar.gz", {"c.tar.gz": out.getvalue()}, _reading("c.tar.gz"))


def _images(form: str) -> Target:
    files: Files = {}
    for number in range(6):
        files[f"{'ab'[number % 2]}/{number}.{form.lower()}"] = _image(
            form, VALUES.integers(0, 256, (4, 5, 3), np.uint8)
        )
    return Target(form, files, _reading(channels=3))


def _image(form: str, pixels: np.ndarray) -> bytes:
    if form == "deep.png":
        exif = Image.Exif()
        exif[0x0112] = 6
        return png(deep(pixels[..., 0] * 200), 16, 0, chunk(b"tEXt", b"a\0b"), chunk(b"eXIf", exif.tobytes()))
    out = io.BytesIO()
    image = Image.fromarray(pixels)
    exif = Image.Exif()
    exif[0x0112] = 3
    options = {"exif": exif} if form in ("PNG", "JPEG") else {}
    image.save(out, form, **options)
    return out.getvalue()


def _examples() -> Files:
    """Records of ``tf.train.Example``, a file each."""
    import tensorflow as tf

    files: Files = {}
    for number in range(6):
        image = _image("PNG", VALUES.integers(0, 256, (4, 5, 3), np.uint8))
        features = {
            "image": tf.train.Feature(bytes_list=tf.train.BytesList(value=[image])),
            "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[number % 2])),
        }
        example = tf.train.Example(features=tf.train.Features(feature=features))
        files[f"{number}.example"] = example.SerializeToString()
    return files


def _with_checksums(folder: Path) -> Path:
    """The records in a TFRecord file, so that their checksums are right whatever is in them."""
    import tensorflow as tf

    with tf.io.TFRecordWriter(str(folder / "all.tfrecord")) as writer:
        for file in sorted(folder.glob("*.example")):
            writer.write(file.read_bytes())
    return folder


def _records() -> list[Target]:
    """TFRecords: mutated as files, and within their records."""
    examples = _examples()
    with tempfile.TemporaryDirectory() as place:
        for name, content in examples.items():
            (Path(place) / name).write_bytes(content)
        whole = (_with_checksums(Path(place)) / "all.tfrecord").read_bytes()
    read = _reading(channels=3)
    return [
        Target("tfrecord", {"all.tfrecord": whole}, read),
        Target("tfrecord's examples", examples, lambda folder: read(_with_checksums(folder))),
    ]


DESCRIBED = {"network": "n", "recipe": {"epochs": 3}, "seed": 0}


def _run_folder() -> Target:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "checkpoints").mkdir()
        values = {"0:a": np.ones((3, 2), np.float32), "1:b": np.arange(4, dtype=np.int64)}
        checkpoint.save(folder / "checkpoints" / "latest.npz", Checkpoint(TrainingPosition(1, 2), values))
        for epoch in (1, 2):
            history.append(folder / "history.csv", EpochRecord(epoch, 0.1, 2.0, 0.5, 2.5, 0.6))
        (folder / "options.json").write_text(json.dumps(DESCRIBED))
        (folder / "result.json").write_text(json.dumps({"ending": "finished", "epoch": 2}))
        with zipfile.ZipFile(folder / "model.keras", "w") as archive:
            archive.writestr("config.json", "{}")
        files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    own = Checkpoint(TrainingPosition(0, 0), values)
    return Target("run folder", files, lambda found: _read_run(found, own))


def _read_run(folder: Path, own: Checkpoint) -> object:
    run = RunFolder(folder)
    expect_same_run(run, DESCRIBED)
    run.outcome()
    history.read(run.history)
    state = checkpoint.load(run.checkpoint)
    if state is not None:
        checkpoint.expect_fit(run.checkpoint, state, own, 3, 8)
    return state


def targets() -> list[Target]:
    """A valid set of each format."""
    forms = [_cifar(form, False) for form in ("binary", "python2", "python3")]
    pictures = [_images(form) for form in ("PNG", "JPEG", "GIF", "BMP", "deep.png")]
    return [_npz(), _idx(False), _idx(True), *forms, _cifar("python2", True), *pictures, *_records(), _run_folder()]


# Mutations


INTERESTING = [0, 1, 0x7F, 0x80, 0xFE, 0xFF]
NUMBERS = [0, 1, 2, 0x7FFF, 0xFFFF, 2**24, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1]
TEXTS = [
    b"\0" * 9,
    b"-1",
    b"1e999",
    b"NaN",
    b"null",
    b"[" * 3000,
    b"9" * 5000,
    b'"\xff"',
    b"true",
    b"{}",
    b"\xe2\x80\xae",
]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, in one of several ways; where the file is an archive, sometimes what is packed in it."""
    if chance.random() < 0.4:
        inside = _inside(content, chance)
        if inside is not None:
            return inside
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        content = chance.choice(CHANGES)(content, chance)
    return content


def _inside(content: bytes, chance: random.Random) -> bytes | None:
    """A mutation below the packing, with its checksums made anew: it reaches the code behind them."""
    try:
        if content[:2] == b"\x1f\x8b":
            return gzip.compress(mutated(gzip.decompress(content), chance), 1)
        if content[:4] == b"PK\3\4":
            return _rezipped(content, chance)
        if content[:8] == b"\x89PNG\r\n\x1a\n":
            return _repacked_png(content, chance)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, struct.error, ValueError):
        pass
    return None


def _rezipped(content: bytes, chance: random.Random) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", source.infolist()[0].compress_type) as to,
    ):
        chosen = chance.choice(source.namelist())
        for name in source.namelist():
            inner = source.read(name)
            to.writestr(name, mutated(inner, chance) if name == chosen else inner)
    return out.getvalue()


def _repacked_png(content: bytes, chance: random.Random) -> bytes:
    chunks, at = [], 8
    while at + 8 <= len(content):
        length, name = struct.unpack(">I4s", content[at : at + 8])
        chunks.append((name, content[at + 8 : at + 8 + length]))
        at += 12 + length
    chosen = chance.randrange(len(chunks))
    name, body = chunks[chosen]
    if name == b"IDAT" and chance.random() < 0.5:
        body = zlib.compress(mutated(zlib.decompress(body), chance))
    else:
        body = chance.choice(CHANGES)(body, chance)
    chunks[chosen] = (chance.choice([name, name, name, b"zTXt", b"iCCP", b"tRNS", b"acTL", b"PLTE", b"eXIf"]), body)
    if chance.random() < 0.2:
        chance.shuffle(chunks)
    return content[:8] + b"".join(chunk(name, body) for name, body in chunks)


def _place(content: bytes, chance: random.Random) -> int:
    """Heads and ends matter most."""
    return min(len(content), chance.choice([chance.randrange(len(content) + 1), chance.randrange(64)]))


def _byte(content: bytes, chance: random.Random) -> bytes:
    at = _place(content, chance)
    return content[:at] + bytes([chance.choice([*INTERESTING, chance.randrange(256)])]) + content[at + 1 :]


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: _place(content, chance)]


def _number(content: bytes, chance: random.Random) -> bytes:
    form = chance.choice(["<H", ">H", "<I", ">I", "<Q", ">Q"])
    number = struct.pack(form, chance.choice(NUMBERS) % 256 ** struct.calcsize(form))
    at = _place(content, chance)
    return content[:at] + number + content[at + len(number) :]


def _text(content: bytes, chance: random.Random) -> bytes:
    at, end = sorted((_place(content, chance), _place(content, chance)))
    return content[:at] + chance.choice(TEXTS) + content[max(at, min(end, at + 12)) :]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    at = _place(content, chance)
    part = content[at : at + chance.choice([1, 8, 64])]
    return content[:at] + part * chance.choice([2, 3, 100]) + content[at:]


def _remove(content: bytes, chance: random.Random) -> bytes:
    at = _place(content, chance)
    return content[:at] + content[at + chance.choice([1, 4, 64]) :]


CHANGES = [_byte, _byte, _byte, _cut, _number, _number, _text, _repeat, _remove]


# Running


def fuzz(count: int, seed: int) -> tuple[Counter[str], list[Finding]]:
    """(how many were read and refused, what else happened) of ``count`` mutations, the targets taking turns."""
    outcomes: Counter[str] = Counter()
    findings: list[Finding] = []
    every = targets()
    with tempfile.TemporaryDirectory() as place:
        for number in range(count):
            target = every[number % len(every)]
            try:
                outcomes[_one(target, random.Random(f"{seed}/{number}"), Path(place) / "set")] += 1
            except Exception:
                findings.append(Finding(target.name, number, traceback.format_exc()))
    return outcomes, findings


def _one(target: Target, chance: random.Random, folder: Path) -> str:
    """``read`` or ``refused``; anything else that happens is passed on."""
    shutil.rmtree(folder, ignore_errors=True)
    changed = chance.choice([*target.files])
    for name, content in target.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(mutated(content, chance) if name == changed else content)
    return _read_or_refused(target, folder)


def _read_or_refused(target: Target, folder: Path) -> str:
    try:
        target.read(folder)
    except Failure as failure:
        _check_sentence(str(failure))
        return "refused"
    return "read"


def _check_sentence(text: str) -> None:
    """A refusal is one line, for people: no addresses in memory, nothing that a terminal would obey."""
    assert text.isprintable(), repr(text)
    assert "object at 0x" not in text, text
    assert len(text) < 1000, text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    limit_memory(MOST_MEMORY)
    outcomes, findings = fuzz(options.count, options.seed)
    for finding in findings:
        print(f"--- {finding.target}, mutation {finding.number}\n{finding.error}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{dict(outcomes)}, at most {peak} MiB of memory")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
