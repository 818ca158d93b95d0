"""Files that are not to be imported: each is refused by name, in bounded time and memory, and leaves nothing behind."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest

from resnet_dsl.extras import is_installed
from tests.cli.calling import call
from tests.importing.strangers import FILES, OF_ANOTHER_KIND, OF_KERAS, OF_ONNX

SECONDS, BYTES = 10, 300_000_000
"""That a refusal may take: most take a hundredth of it."""

ASKS_FOR_KERAS = ("other_shape.keras",)
"""What is refused when its layers are known, and Keras has been looked for to run them."""


def test_there_are_more_than_fifty_of_every_kind() -> None:
    assert len(FILES) == len(OF_ANOTHER_KIND) + len(OF_KERAS) + len(OF_ONNX) >= 80


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=pytest.mark.keras) if one in ASKS_FOR_KERAS else one for one in FILES]
)
def test_it_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    if name in OF_ONNX and not is_installed("onnx"):
        pytest.skip("onnx is not installed")
    stranger = FILES[name]
    stranger.make(Path(name))
    before = sorted(path.name for path in folder.iterdir())
    began, most = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ended = call("import", name, "-o", "out.resnet", "--weights", "out.keras")
    assert ended.code == stranger.code, ended.err
    assert name in ended.err or name in ended.err.replace("cannot be imported: ", "")
    assert stranger.says in ended.err
    assert "Traceback" not in ended.err + ended.out
    assert not ended.out or ended.out.startswith("# The part that could be read.\n")
    assert sorted(path.name for path in folder.iterdir()) == before
    assert time.monotonic() - began < SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most) * 1024 < BYTES
