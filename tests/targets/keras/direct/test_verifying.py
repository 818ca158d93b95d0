"""`compile --verify`: what was written without Keras is held against what Keras builds, before it takes its place."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import keras
import pytest

from resnet_dsl.failure import Failure
from resnet_dsl.pipeline import load_text
from resnet_dsl.targets.keras.verifying import verify
from resnet_dsl.targets.keras.writing import write_by_keras, write_directly
from resnet_dsl.targets.request import Request
from resnet_dsl.weights.archive import CONFIG
from tests.cli.calling import NET, call

ATTENTION = "network n { input 8x8x24 stem { attention(2, 4, position = relative) } }"
TEXT = "network n { input ?x8?x3 stem { conv(4, 3) -> norm -> act } head { avgpool(global) -> dense(2) } }"


@pytest.mark.parametrize("options", [(), ("--seed", "3"), ("--optimize", "inference"), ("--no-top",)])
def test_it_says_what_is_equal(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "net.resnet").write_text(NET)
    ended = call("compile", f"{tmp_path}/net.resnet", "-o", f"{tmp_path}/x.keras", "--verify", "--quiet", *options)
    assert ended.code == 0, ended.err
    assert f"Keras {keras.__version__} builds the same: layers, calls, weights and outputs are equal" in ended.out
    assert (tmp_path / "x.keras").exists()


def test_a_model_that_keras_wrote_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "net.resnet").write_text(NET)
    ended = call("compile", f"{tmp_path}/net.resnet", "-o", f"{tmp_path}/x.keras", "--verify", "--seed", "-1")
    assert "Keras built and saved the model itself" in ended.out


@pytest.mark.parametrize("options", [("--plain",), ("--to", "keras-json"), ("--to", "ir")])
def test_where_there_is_nothing_to_compare_it_is_refused(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "net.resnet").write_text(NET)
    ended = call("compile", f"{tmp_path}/net.resnet", "-o", f"{tmp_path}/x", "--verify", *options)
    assert ended.code == 2
    assert "`--verify`" in ended.err
    assert not (tmp_path / "x").exists()


def test_tuples_that_are_lists_in_a_file_are_no_difference(tmp_path: Path) -> None:
    (tmp_path / "net.resnet").write_text(ATTENTION)
    ended = call("compile", f"{tmp_path}/net.resnet", "-o", f"{tmp_path}/x.keras", "--verify", "--quiet")
    assert ended.code == 0, ended.err


@pytest.mark.parametrize(
    ("before", "now", "wrong"),
    [
        ('"axis": -1', '"axis": 1', "Keras fails on it"),
        ('"epsilon": 1e-05', '"epsilon": 1e-04', "`stem_batchnorm` is another layer"),
        ('["stem_relu", 0, 0]', '["stem_batchnorm", 0, 0]', "it has other layers"),
    ],
)
def test_another_model_is_told(tmp_path: Path, before: str, now: str, wrong: str) -> None:
    """With a file whose description was changed; the weights of another seed are others."""
    network = load_text(TEXT).compile()
    write_directly(network, str(tmp_path / "net.keras"), Request(seed=1))
    write_by_keras(network, str(tmp_path / "built.keras"), Request(seed=1))
    built = keras.saving.load_model(tmp_path / "built.keras")
    _rewrite(tmp_path / "net.keras", before, now)
    with pytest.raises(Failure, match=wrong) as failure:
        verify(str(tmp_path / "net.keras"), built, network.shapes[:1], weights=True)
    assert "--plain" in str(failure.value.remedy)


def test_other_weights_are_told(tmp_path: Path) -> None:
    network = load_text(TEXT).compile()
    for seed in (1, 2):
        write_directly(network, str(tmp_path / f"{seed}.keras"), Request(seed=seed))
    built = keras.saving.load_model(tmp_path / "1.keras")
    _copy_config(tmp_path / "1.keras", tmp_path / "2.keras")
    with pytest.raises(Failure, match="`stem_conv/kernel` has other values"):
        verify(str(tmp_path / "2.keras"), built, network.shapes[:1], weights=True)
    assert "are equal" in verify(str(tmp_path / "2.keras"), built, network.shapes[:1], weights=False)


def _rewrite(path: Path, before: str, now: str) -> None:
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    assert before in entries[CONFIG].decode()
    entries[CONFIG] = entries[CONFIG].decode().replace(before, now).encode()
    json.loads(entries[CONFIG])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


def _copy_config(source: Path, target: Path) -> None:
    with zipfile.ZipFile(source) as archive:
        config = archive.read(CONFIG).decode()
    with zipfile.ZipFile(target) as archive:
        mine = archive.read(CONFIG).decode()
    _rewrite(target, mine, config)
