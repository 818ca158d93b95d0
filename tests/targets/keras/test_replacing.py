"""Which models are replaced unasked: fresh ones that say so; and what is left where a model cannot be written."""

from __future__ import annotations

import os
import resource
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from resnet_dsl.targets.keras import to_keras
from resnet_dsl.targets.keras.fresh import is_fresh
from resnet_dsl.targets.keras.loading import load
from resnet_dsl.targets.keras.saving import save, save_weights
from resnet_dsl.weights.archive import FRESH, WEIGHTS
from tests.cli.calling import call
from tests.targets.keras.graphs import residual

keras = pytest.importorskip("keras")

SPEC = "network hand { input 8x8x3 stem { conv(4, 3) -> norm -> act } head { avgpool(global) -> dense(3) -> softmax } }"
COMPILE = ("compile", "hand.resnet", "--quiet")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With hand.resnet, and a fresh hand.keras."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hand.resnet").write_text(SPEC, encoding="utf-8")
    assert call(*COMPILE).code == 0
    return tmp_path


def kept(folder: Path, *arguments: str) -> str:
    """The model stays as it was, nothing is left beside it; what is said."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    ended = call(*COMPILE, *arguments)
    assert ended.code == 2
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    return ended.err


def test_a_fresh_model_is_replaced_again_and_again(folder: Path) -> None:
    for more in ([], ["--seed", "1"], ["--optimize", "inference"], ["--plain"]):
        before = (folder / "hand.keras").read_bytes()
        assert call(*COMPILE, *more).code == 0
        assert (folder / "hand.keras").read_bytes() != before
        assert is_fresh("hand.keras")
        keras.saving.load_model("hand.keras")


def test_a_trained_model_is_replaced_by_force_alone(folder: Path) -> None:
    model = keras.saving.load_model("hand.keras")
    model.set_weights([value + 1 for value in model.get_weights()])
    model.save("hand.keras")
    assert "`hand.keras`" in kept(folder)
    assert "--force" in kept(folder, "--optimize", "inference")
    assert call(*COMPILE, "-o", "other.keras").code == 0
    assert call(*COMPILE, "--force").code == 0
    assert is_fresh("hand.keras")


def test_a_model_with_weights_from_elsewhere_is_not_fresh(folder: Path) -> None:
    assert call(*COMPILE, "--weights", "hand.keras", "-o", "new.keras").code == 0
    assert not is_fresh("new.keras")
    assert "may be trained" in kept(folder, "-o", "new.keras")


def test_weights_are_no_victim_of_what_is_made_of_them(folder: Path) -> None:
    for more in (["--optimize", "inference"], ["--force"], ["-o", "./hand.keras"]):
        assert "is read here" in kept(folder, "--weights", "hand.keras", *more)


def test_what_says_nothing_or_is_no_model_stays(folder: Path) -> None:
    save(keras.saving.load_model("hand.keras"), "before.keras")  # as the version before wrote it
    Path("text.keras").write_text("notes", encoding="utf-8")
    Path("empty.keras").write_bytes(b"")
    for name in ("before.keras", "text.keras", "empty.keras"):
        assert "may be trained" in kept(folder, "-o", name)


def test_the_digest_must_be_that_of_the_weights(folder: Path) -> None:
    with zipfile.ZipFile("hand.keras") as fresh:
        entries = {name: fresh.read(name) for name in fresh.namelist()}
    other = bytearray(entries[WEIGHTS])
    other[-1] ^= 1
    forged: list[tuple[dict[str, bytes], int]] = [
        (entries | {WEIGHTS: bytes(other)}, zipfile.ZIP_STORED),
        (entries | {FRESH: b"\xff" * 64}, zipfile.ZIP_STORED),
        (entries | {FRESH: b"a" * 10**7}, zipfile.ZIP_STORED),
        ({FRESH: entries[FRESH]}, zipfile.ZIP_STORED),
        (entries | {WEIGHTS: bytes(10**8)}, zipfile.ZIP_DEFLATED),
    ]
    for content, compression in forged:
        with zipfile.ZipFile("forged.keras", "w", compression) as archive:
            for name, data in content.items():
                archive.writestr(name, data)
        assert not is_fresh("forged.keras")
    Path("cut.keras").write_bytes(Path("hand.keras").read_bytes()[:-100])
    assert not is_fresh("cut.keras")


def test_other_outputs_leave_models_and_weights(folder: Path) -> None:
    assert call("load", "hand.keras", "--weights", "hand.weights.h5").code == 0
    shutil.copy("hand.keras", "trained.keras")
    for arguments in (
        ("load", "hand.keras", "--weights", "hand.weights.h5"),
        ("load", "hand.keras", "--ir", "trained.keras"),
        ("load", "hand.keras", "--ir", "hand.keras"),
        ("load", "hand.keras", "--ir", "hand.resnet"),
        ("compile", "hand.resnet", "--to", "keras-json", "-o", "trained.keras"),
    ):
        before = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert call(*arguments).code == 2
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert call("load", "hand.keras", "--weights", "hand.weights.h5", "--force").code == 0


def test_a_model_s_name_cannot_steer_the_terminal(folder: Path) -> None:
    with zipfile.ZipFile("hand.keras") as archive, zipfile.ZipFile("named.keras", "w") as renamed:
        for name in archive.namelist():
            renamed.writestr(name, archive.read(name).replace(b'"name":"hand"', b'"name":"ha\\u001b[31m\\nnd"'))
    ended = call("load", "named.keras")
    assert ended.code == 2
    assert "\\x1b[31m" in ended.err
    assert "\x1b" not in ended.err


def test_links_pipes_and_modes(folder: Path) -> None:
    (folder / "link.keras").symlink_to("store.keras")
    for _ in range(2):
        assert call(*COMPILE, "-o", "link.keras").code == 0
    assert (folder / "link.keras").is_symlink()
    assert is_fresh("store.keras")
    (folder / "store.keras").chmod(0o444)
    assert "read-only" in kept(folder, "-o", "link.keras", "--force")


def test_a_pipe_gets_the_whole_archive(folder: Path) -> None:
    os.mkfifo("pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((folder / "pipe").read_bytes()))
    reader.start()
    assert call(*COMPILE, "-o", "pipe").code == 0
    reader.join(10)
    (folder / "read.keras").write_bytes(read[0])
    assert is_fresh("read.keras")
    keras.saving.load_model("read.keras")


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """As under `ulimit -f`, in bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [0, 1_000, 100_000, 380_000])
def test_a_limit_on_sizes_leaves_the_old_model_and_nothing_else(tmp_path: Path, size: int) -> None:
    graph, shapes = residual(3).graph()
    model = to_keras(graph, shapes, seed=0)
    written = {save(model, tmp_path / "net.keras", graph), save_weights(model, tmp_path / "net.weights.h5")}
    before = {path: path.read_bytes() for path in written}
    assert min(map(len, before.values())) > 380_000
    for path in written:
        with largest_file(size), pytest.raises(OSError, match="File too large") as failed:
            save(model, path, graph) if path.suffix == ".keras" else save_weights(model, path)
        assert failed.value.filename == str(path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert all(map(np.array_equal, load(tmp_path / "net.keras").get_weights(), model.get_weights()))
