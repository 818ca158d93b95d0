"""Wherever a name is looked up, the nearest one is named: of every command, option and value of an option."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import resnet_dsl
from resnet_dsl.cli import COMMANDS, command_parser, keras_start
from resnet_dsl.laboratory import data
from resnet_dsl.weights.layouts import choosing
from tests.cli.calling import call

pytestmark = pytest.mark.usefixtures("folder")
PLOTTED = pytest.mark.skipif(find_spec("matplotlib") is None, reason="matplotlib is not installed")


def slipped(word: str) -> str:
    """A letter too many, in the middle."""
    middle = len(word) // 2
    return f"{word[:middle]}{word[middle - 1 :]}"


def actions(command: str) -> Iterator[argparse.Action]:
    yield from command_parser(command)._actions


OPTIONS = [(name, flag) for name in COMMANDS for one in actions(name) for flag in one.option_strings if len(flag) > 5]
CHOICES = [
    (name, one.option_strings, str(choice))
    for name in COMMANDS
    for one in actions(name)
    for choice in one.choices or ()
    if len(str(choice)) > 2
]


@pytest.mark.parametrize("command", [*COMMANDS])
def test_a_misspelt_command(command: str) -> None:
    ended = call(slipped(command), "small.resnet")
    assert ended.code == 2
    assert ended.err.endswith(f"; did you mean `{command}`?\n")


@pytest.mark.parametrize(("command", "flag"), OPTIONS)
def test_a_misspelt_option(command: str, flag: str) -> None:
    given = ["--data", "1"] if command == "train" else []
    needed = ["small.resnet", "small.resnet"] if command in ("diff", "predict") else ["small.resnet"]
    for wrong in (slipped(flag), f"{slipped(flag)}=1"):
        ended = call(command, *([] if command in ("completion", "schema", "lsp") else needed), wrong, *given)
        assert ended.code == 2
        assert f"did you mean `{flag}`?" in ended.err or "required: shell" in ended.err


@pytest.mark.parametrize(("command", "flags", "choice"), CHOICES)
def test_a_misspelt_choice(command: str, flags: list[str], choice: str) -> None:
    ended = call(command, *flags[-1:], slipped(choice))
    assert ended.code == 2
    assert ended.err.endswith(f"; did you mean `{choice}`?\n")


def test_without_a_near_one_all_are_listed() -> None:
    assert "(choose from" in call("check", "--format", "xyz").err
    assert "did you mean" not in call("check", "--format", "xyz").err
    assert "did you mean" not in call("check", "small.resnet", "--xyz").err


def remedy(*arguments: str) -> str:
    """What helps, of a call that is wrong usage."""
    ended = call(*arguments)
    assert ended.code == 2, ended.err
    return ended.err.partition("= help: ")[2].partition("\n")[0]


@pytest.fixture
def files(folder: Path) -> Path:
    """Files and folders beside the specs, whose names are to be misspelt."""
    for name in ("slides.toml", "model.keras", "photo.png", "sub/inner.resnet"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    return folder


@pytest.mark.parametrize(
    ("called", "meant"),
    [
        ("check smal.resnet", "small.resnet"),
        ("check small.resnett", "small.resnet"),
        ("check small.resnett:net", "small.resnet:net"),
        ("check smalll", "small.resnet"),
        ("check sbu/inner.resnet", "sub/inner.resnet"),
        ("check sub/iner.resnet", "sub/inner.resnet"),
        ("fmt smal.resnet", "small.resnet"),
        ("table small.resnet --rows --baseline smal.resnet", "small.resnet"),
        ("check resnet51", "resnet50"),
        ("check resnet20", "cifar_resnet20"),
        ("new mine --from resnet51", "resnet50"),
        ("draw small.resnet --theme sildes.toml", "slides.toml"),
        ("draw small.resnet --theme iee", "ieee"),
        ("draw small.resnet --show parms", "params"),
        ("draw small.resnet --view volume --volume sid=log", "side"),
        ("draw small.resnet --view volume --volume side=lgo", "log"),
        ("draw small.resnet --width ful", "full"),
        ("draw small.resnet --block basc", "basic"),
        ("draw small.resnet -o sbu/small.svg", "sub"),
        ("compile small.resnet --weights modle.keras", "model.keras"),
        ("compile resnet50 --to ir --features conv6", "conv5"),
        ("import modle.keras", "model.keras"),
        ("load modle.keras", "model.keras"),
        ("predict modle.keras photo.png", "model.keras"),
        ("report sbu", "sub"),
        ("list resnett", "resnet"),
        ("explain convv", "conv"),
    ],
)
def test_a_misspelt_name(called: str, meant: str, files: Path) -> None:
    if meant == "params":
        assert call(*called.split()).err.endswith(f"did you mean `{meant}`?\n")
    else:
        assert remedy(*called.split()) == f"did you mean `{meant}`?"


@PLOTTED
@pytest.mark.keras
@pytest.mark.parametrize("command", ["probe", "train", "compare"])
def test_misspelt_data_are_told_before_keras_starts(command: str, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras_start, "import_keras", pytest.fail)
    assert remedy(command, "small.resnet", "--data", "mnist5") == "did you mean `mnist5k`?"
    assert remedy(command, "small.resnet", "--data", "sbu") == "did you mean `sub`?"


def test_an_import_is_told_as_it_is_written_there(files: Path) -> None:
    (files / "sub" / "outer.resnet").write_text('import "iner.resnet"\nnetwork n { input 8 stage s { relu } }\n')
    assert "= help: did you mean `inner.resnet`?\n" in call("check", "sub/outer.resnet").err


def test_files_of_another_kind_and_short_names_are_not_meant(files: Path) -> None:
    for name in ("model.resnet", "photo.svg", "a.resnet"):
        (files / "b.resnet").write_text("")
        assert remedy("check", name) == ""


@pytest.mark.parametrize(
    ("called", "meant"),
    [
        ("draw small.resnet -o a.gif", "a.png"),
        ("draw small.resnet -o a.svgg", "a.svg"),
        ("draw small.resnet -o a.htm", "a.html"),
        ("draw small.resnet -o a", "a.svg"),
        ("draw small.resnet -o a.eps", "a.pdf"),
        ("compile small.resnet --to ir --figure a.jpeg", "a.png"),
        ("compile small.resnet -o a.ckpt", "a.keras"),
        ("table small.resnet -o a.xlsx", "a.csv"),
        ("table small.resnet -o a.markdown", "a.md"),
        pytest.param("signal small.resnet -o a.svgg", "a.svg", marks=PLOTTED),
        pytest.param("paths small.resnet -o a.foo", "a.svg", marks=PLOTTED),
        pytest.param("probe small.resnet -o a", "a.svg", marks=[PLOTTED, pytest.mark.keras]),
    ],
)
def test_an_ending_that_nothing_is_written_with(called: str, meant: str, folder: Path) -> None:
    before = sorted(folder.iterdir())
    ended = call(*called.split())
    assert ended.code == 2
    assert ended.out == ""
    assert f"= help: write `{meant}`" in ended.err
    assert sorted(folder.iterdir()) == before


@PLOTTED
@pytest.mark.parametrize("command", ["signal", "paths"])
@pytest.mark.parametrize("ending", ["gif", "jpg", "eps"])
def test_whatever_matplotlib_writes_is_written(command: str, ending: str, folder: Path) -> None:
    assert call(command, "small.resnet", "-o", f"a.{ending}").code == 0
    assert (folder / f"a.{ending}").stat().st_size > 1000


@pytest.mark.parametrize(
    ("width", "meant"),
    [("85", "`85mm`, `85cm`, `85in` or `85pt`"), ("85m", "`85mm`"), ("8.5CM", "`8.5cm`"), ("3inches", "`3in`")],
)
def test_a_length_with_its_unit(width: str, meant: str) -> None:
    assert remedy("draw", "small.resnet", "--width", width) == f"write it with its unit: {meant}"


NETWORK = (
    "network net { input 32x32x3 stage one { conv(16, 3) -> act } head { avgpool(global) -> dense(10) -> softmax } }"
)


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        (lambda net: resnet_dsl.load("resnet51"), "resnet50"),
        (lambda net: net.figure(level="blok"), "block"),
        (lambda net: net.figure(layout="colum"), "column"),
        (lambda net: net.figure(frame="stag"), "stage"),
        (lambda net: net.figure(view="volum"), "volume"),
        (lambda net: net.figure(show=["parms"]), "params"),
        (lambda net: net.figure(theme="iee"), "ieee"),
        (lambda net: net.figure().with_text("fixd"), "fixed"),
        (lambda net: net.figure().with_steps("stag"), "stage"),
        (lambda net: net.figure().caption("latx"), "latex"),
        (lambda net: net.figure().alt("shrt"), "short"),
        (lambda net: net.summary("blok"), "block"),
        (lambda net: net.backbone(features=["oen"]), "one"),
        (lambda net: net.backbone(pooling="ag"), "avg"),
        (lambda net: net.to_onnx("a.onnx", channels="frist"), "first"),
        (lambda net: choosing.meant("timn"), "timm"),
        (lambda net: data.load("mnist5"), "mnist5k"),
        (lambda net: resnet_dsl.table(net).to("cvs"), "csv"),
    ],
)
def test_a_misspelt_word_in_python(call: Callable[[resnet_dsl.Network], object], meant: str) -> None:
    net = resnet_dsl.load(NETWORK).network()
    with pytest.raises((resnet_dsl.Failure, resnet_dsl.Refusal)) as raised:
        call(net)
    assert f"did you mean `{meant}`?" in raised.value.told()


def test_a_misspelt_network_of_a_spec() -> None:
    with pytest.raises(KeyError) as raised:
        resnet_dsl.load("resnet50").networks["resnet51"]
    assert raised.value.__notes__ == ["  = help: did you mean `resnet50`?"]
