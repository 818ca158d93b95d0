"""`import`, and models' files where a spec is asked for."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_dsl.extras import is_installed
from resnet_dsl.pipeline import load_text
from resnet_dsl.source import Source
from resnet_dsl.syntax.formatter import format_text
from resnet_dsl.weights import read_weights
from tests.cli.calling import NET, call

FIXTURES = Path(__file__).parents[1] / "fixtures"
SPEC = FIXTURES / "0.1.0" / "networks.resnet"
needs_onnx = pytest.mark.skipif(not is_installed("onnx"), reason="onnx is not installed")
EACH = [pytest.param("small.keras", marks=pytest.mark.keras), pytest.param("small.onnx", marks=needs_onnx)]
"""One network in two formats; Keras computes what a file of its own computes."""
SHOWN = ["small.keras", EACH[1]]
"""The same to look at, for which nothing is computed."""


@pytest.fixture
def models(folder: Path) -> Path:
    for path in (FIXTURES / "0.1.0" / "small.keras", FIXTURES / "onnx" / "small.onnx"):
        shutil.copy(path, folder)
    return folder


def layers(path: Path) -> dict[str, list[bytes]]:
    return {str(one.name): [array.values.tobytes() for array in one.arrays] for one in read_weights(path).layers}


@pytest.mark.parametrize("file", EACH)
def test_the_text_is_the_output_and_says_what_the_spec_said(models: Path, file: str) -> None:
    ended = call("import", file)
    assert ended.code == 0, ended.err
    first, second = ended.err.splitlines()
    assert first == "all 29 operations are the source's"
    assert second.startswith("outputs on random inputs agree to ") or "not compared" in second
    assert ended.out == format_text(Source("x", ended.out))
    assert len(ended.out.splitlines()) == 6
    assert "2 x bottleneck(4)" in ended.out
    Path("imported.resnet").write_text(ended.out)
    assert call("diff", f"{SPEC}:small", "imported.resnet").out == "nothing tells them apart\n"


@pytest.mark.parametrize("file", EACH)
def test_text_and_weights_go_to_files_that_fit_each_other(models: Path, file: str) -> None:
    ended = call("import", file, "-o", "mine.resnet", "--weights", "mine.keras", "--name", "mine")
    assert ended.code == 0, ended.err
    assert ended.out.endswith("wrote mine.keras\nwrote mine.resnet\n")
    again = call("compile", "mine.resnet", "--weights", "mine.keras", "-o", "again.keras", "--quiet")
    assert again.code == 0, again.err
    source = layers(models / "small.keras")
    if file.endswith(".keras"):
        found = layers(models / "again.keras")
        assert [found[name] for name in found] == [source[name.replace("stage1_", "a_")] for name in found]
    assert sorted(map(sorted, layers(models / "mine.keras").values())) == sorted(
        map(sorted, layers(models / "again.keras").values())
    )


@needs_onnx
@pytest.mark.parametrize("file", EACH)
def test_the_weights_compute_what_the_source_computes(models: Path, file: str) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    assert call("import", file, "--weights", "mine.onnx").code == 0
    known = np.load(FIXTURES / "0.1.0" / "small.npz")
    session = onnxruntime.InferenceSession("mine.onnx")
    (computed,) = session.run(None, {session.get_inputs()[0].name: known["images"]})
    if file.endswith(".keras"):
        np.testing.assert_allclose(computed, known["outputs"], atol=1e-6)
    else:
        theirs = onnxruntime.InferenceSession(file)
        np.testing.assert_allclose(
            computed, theirs.run(None, {theirs.get_inputs()[0].name: known["images"]})[0], atol=1e-6
        )


@pytest.mark.keras
def test_names_of_the_source_stand_in_comments(models: Path) -> None:
    ended = call("import", "small.keras", "--names")
    assert ended.code == 0
    assert "  stage stage1 { 2 x bottleneck(4) }  # a_block1_conv1 … a_block2_relu3\n" in ended.out
    assert ended.out == format_text(Source("x", ended.out))
    load_text(ended.out).compile()


def with_layer(folder: Path, kind: str, name: str = "odd.keras") -> str:
    """The small model, one of whose activations is a layer of another class."""
    with zipfile.ZipFile(folder / "small.keras") as old, zipfile.ZipFile(folder / name, "w") as new:
        for entry in old.namelist():
            if not entry.startswith("resnet_dsl/"):
                new.writestr(
                    entry, _changed(json.loads(old.read(entry)), kind) if entry == "config.json" else old.read(entry)
                )
    return name


def _changed(config: dict[str, Any], kind: str) -> str:
    layer = next(one for one in config["config"]["layers"] if one["config"]["name"] == "a_block1_relu2")
    layer.update(class_name=kind, module="mine", registered_name=f"mine>{kind}")
    return json.dumps(config)


@pytest.mark.parametrize("kind", ["Lambda", "Mine", "LSTM"])
def test_what_the_language_cannot_say_is_named_and_the_part_before_is_the_output(models: Path, kind: str) -> None:
    ended = call("import", with_layer(models, kind), "-o", "odd.resnet", "--weights", "new.keras")
    assert ended.code == 1
    assert f"`{kind}`" in ended.err or kind in ended.err
    assert "a_block1_relu2" in ended.err
    assert ended.out.startswith("# The part that could be read.\nnetwork part {\n")
    assert "conv(8, 3)" in ended.out
    load_text(ended.out).compile()
    assert not (models / "odd.resnet").exists()
    assert not (models / "new.keras").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("import nothing.keras", "`nothing.keras`: No such file or directory"),
        ("import small.resnet", "`small.resnet` cannot be imported: it is a text"),
        ("import small.keras -o small.resnet", "`small.resnet` is there already"),
        ("import small.keras --weights small.keras --force", "is read here"),
        ("import small.keras --weights old.keras", "it may be trained"),
        ("import small.keras --weights mine.txt", "weights are written with their network"),
        ("import small.keras --weights mine.resnet", "weights are written with their network"),
        ("summary small.keras --set classes=3", "`--set` is of a spec"),
        ("draw small.keras --input 8x8x3", "`--input` is of a spec"),
        ("compile small.keras", "`resnet-dsl import small.keras` writes its spec"),
        ("check small.keras", "`resnet-dsl import small.keras` writes its spec"),
        ("fmt small.keras", "`resnet-dsl import small.keras` writes its spec"),
        ("draw small.keras -o small.keras", "`small.keras`"),
    ],
)
def test_what_is_refused_leaves_all_as_it_was(models: Path, arguments: str, says: str) -> None:
    (models / "old.keras").write_text("trained")
    before = {path.name: path.read_bytes() for path in models.iterdir()}
    ended = call(*arguments.split())
    assert ended.code == 2
    assert says in ended.err
    assert {path.name: path.read_bytes() for path in models.iterdir()} == before


@pytest.mark.parametrize("file", SHOWN)
@pytest.mark.parametrize("command", ["summary", "table", "signal", "paths"])
def test_a_models_file_is_shown_as_its_spec_is(models: Path, file: str, command: str) -> None:
    shown, known = call(command, file), call(command, f"{SPEC}:small")
    assert shown.code == 0, shown.err
    words = [one.strip("-") for one in shown.out.replace("stage1", "a").split()]
    assert words == [one.strip("-") for one in known.out.split()]


@pytest.mark.parametrize("file", SHOWN)
def test_figures_and_differences_take_a_models_file(models: Path, file: str) -> None:
    assert call("draw", file, "-o", "x.svg").code == 0
    assert call("draw", file, "small.resnet", "-o", "x.html").code == 0
    assert f"{file}: " in Path("x.html").read_text()
    assert call("diff", f"{SPEC}:small", file).out == "nothing tells them apart\n"
    assert "head" in call("diff", file, "small.resnet").out


def test_a_file_that_was_written_here_keeps_its_own_stages(folder: Path) -> None:
    Path("own.resnet").write_text(
        NET.replace("stage a", "stage first").replace("2 x basic(width)", "basic(width) basic(width)", 1)
    )
    assert call("compile", "own.resnet", "--quiet").code == 0
    assert call("summary", "small.keras").out == call("summary", "own.resnet").out


@needs_onnx
def test_files_that_are_there_are_replaced_under_force(models: Path) -> None:
    (models / "mine.resnet").write_text("# Mine.\n")
    (models / "mine.keras").write_text("trained")
    arguments = ("import", "small.onnx", "-o", "mine.resnet", "--weights", "mine.keras")
    assert call(*arguments).code == 2
    assert (models / "mine.resnet").read_text() == "# Mine.\n"
    ended = call(*arguments, "--force")
    assert ended.code == 0, ended.err
    assert call("diff", "mine.resnet", "mine.keras").out == "nothing tells them apart\n"
