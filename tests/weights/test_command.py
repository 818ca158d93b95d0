"""`compile --weights`: what the command says and writes."""

from __future__ import annotations

from pathlib import Path

import pytest

import resnet_dsl
from resnet_dsl.targets.keras import save
from resnet_dsl.weights import read_about
from tests.cli.calling import Ended, call
from tests.weights.networks import FORMATS, TEXT, difference, network, randomise, write

keras = pytest.importorskip("keras")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`net.resnet`, and the weights of `one` and of `one_do` in every format, in a folder of each."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "net.resnet").write_text(TEXT)
    for name in ("one", "one_do"):
        (folder / name).mkdir()
        for file in FORMATS:
            write(randomise(network(name).to_keras()), folder / name / file)
    return folder


def compiled(files: Path, *arguments: str) -> Ended:
    return call("compile", *arguments, "-o", str(files / "out.keras"), "--force", "--quiet")


@pytest.mark.parametrize("file", FORMATS)
@pytest.mark.parametrize(("mine", "theirs"), [("one", "one_do"), ("one_do", "one")])
def test_the_model_computes_what_the_file_s_does(files: Path, mine: str, theirs: str, file: str) -> None:
    ended = compiled(files, f"{files}/net.resnet:{mine}", "--weights", f"{files}/{theirs}/{file}")
    assert ended.code == 0, ended.err
    written, saved = (keras.saving.load_model(one) for one in (files / "out.keras", files / theirs / "net.keras"))
    assert difference(written, saved) == 0


@pytest.mark.parametrize(("mine", "theirs"), [("one", "one_do"), ("one_do", "one")])
def test_so_does_the_optimised_one(files: Path, mine: str, theirs: str) -> None:
    weights = ["--weights", f"{files}/{theirs}/net.keras", "--optimize", "inference"]
    assert compiled(files, f"{files}/net.resnet:{mine}", *weights).code == 0
    written, saved = (keras.saving.load_model(one) for one in (files / "out.keras", files / theirs / "net.keras"))
    assert difference(written, saved) < 1e-5


def test_parts_keep_their_initial_weights(files: Path) -> None:
    given = [f"{files}/net.resnet:one", "--set", "classes=5", "--seed", "7", "--weights", f"{files}/one/net.keras"]
    refused = compiled(files, *given)
    assert refused.code == 2
    assert "head_dense: the file has 32x10, 10, the network 32x5, 5" in refused.err
    assert "--except head" in refused.err
    assert compiled(files, *given, "--except", "head").code == 0
    written = keras.saving.load_model(files / "out.keras")
    assert written.output_shape == (None, 5)


@pytest.mark.parametrize(
    ("excepted", "kept"),
    [([], True), (["stem"], True), (["a", "stem"], True), (["head"], False), (["stem", "head_dense"], False)],
)
def test_the_names_of_the_classes_go_with_the_head(files: Path, excepted: list[str], kept: bool) -> None:
    net = network("one")
    named = files / "named.keras"
    save(net.to_keras(), named, net.graph, tuple("abcdefghij"))
    parts = [word for part in excepted for word in ("--except", part)]
    assert compiled(files, f"{files}/net.resnet:one", "--weights", str(named), *parts).code == 0
    assert read_about(files / "out.keras").classes == (tuple("abcdefghij") if kept else ())


def test_a_network_without_a_head_tells_them_apart_in_its_last_stage(files: Path) -> None:
    (files / "bare.resnet").write_text(
        "network bare { input 8x8x3 stage a { conv(4, 3) } stage b { avgpool(global) -> dense(2) -> softmax } }"
    )
    net = resnet_dsl.load(str(files / "bare.resnet")).network("bare")
    save(net.to_keras(), files / "named.keras", net.graph, ("cat", "dog"))
    for part, classes in (("a", ("cat", "dog")), ("b", ())):
        given = (f"{files}/bare.resnet", "--weights", f"{files}/named.keras", "--except", part)
        assert compiled(files, *given).code == 0
        assert read_about(files / "out.keras").classes == classes


def test_a_part_is_excepted_by_its_name_in_the_spec(files: Path) -> None:
    """Keras writes a stage's name in other letters where it refuses some; here only the file has the stage."""
    spec = "network é { input 8x8x3 stage a { conv(4, 3) } stage ß { conv(4, 3) } }"
    (files / "more.resnet").write_text(spec, encoding="utf-8")
    (files / "less.resnet").write_text(spec.replace("stage ß { conv(4, 3) }", ""), encoding="utf-8")
    resnet_dsl.load(str(files / "more.resnet")).network("é").to_keras().save(files / "more.keras")
    given = (f"{files}/less.resnet", "--weights", f"{files}/more.keras")
    assert "does not hold the weights of é" in compiled(files, *given).err
    assert compiled(files, *given, "--except", "ß").code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--except", "head"], "no `--weights`"),
        (["--weights", "{}/one/net.keras", "--except", "stm"], "did you mean `stem`?"),
        (["--weights", "{}/one/net.keras", "--to", "ir"], "does nothing for `--to ir`"),
        (["--weights", "{}/one/net.keras", "--to", "keras-json"], "`--to keras-json` writes no weights"),
        (["--weights", ""], "No such file"),
        (["--weights", "{}/none.keras"], "none.keras`: No such file"),
        (["--weights", "{}/one"], "a folder"),
        (["--weights", "{}/net.resnet"], "neither a `.keras` archive nor an HDF5 file"),
    ],
)
def test_what_cannot_be_done_is_refused(files: Path, arguments: list[str], told: str) -> None:
    ended = compiled(files, f"{files}/net.resnet:one", *(one.format(files) for one in arguments))
    assert ended.code == 2
    assert told in ended.err


def test_a_file_in_onnx_is_taken_whole_as_it_is_told(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnxruntime")
    monkeypatch.chdir(files)
    assert call("compile", "net.resnet:one", "--to", "onnx", "--seed", "3", "--quiet").code == 0
    ended = compiled(files, "net.resnet:one", "--weights", "one.onnx")
    assert ended.code == 2
    assert "`resnet-dsl import FILE --weights model.keras`" in ended.err
    assert call("import", "one.onnx", "--weights", "model.keras").code == 0
    assert (
        resnet_dsl.load_keras("model.keras").count_params() == resnet_dsl.load("net.resnet").network("one").total_params
    )
