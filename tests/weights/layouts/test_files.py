"""Files of arrays: what PyTorch and safetensors wrote is read, and what is damaged or ambiguous is refused."""

from __future__ import annotations

import json
import struct
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import resnet_dsl
from resnet_dsl.extras import is_installed
from resnet_dsl.failure import Failure
from resnet_dsl.targets.request import Weighted
from resnet_dsl.targets.weighted import given
from resnet_dsl.weights import read_weights, safetensors
from tests.cli.calling import Ended, call
from tests.interpreter.interpret import interpret
from tests.weights.layouts.theirs import SMALL

TEXT = str(SMALL / "small.resnet")
NETWORK = resnet_dsl.load(TEXT).network()
F16, BF16, PTH = (str(SMALL / f"small.{name}") for name in ("float16.safetensors", "bfloat16.safetensors", "pth"))
MEASURED = np.load(SMALL / "small.npz")

Arrays = dict[str, np.ndarray[Any, Any]]


def loaded(path: str | Path, layout: str | None = None, excepted: tuple[str, ...] = ()) -> Weighted:
    return given(NETWORK.compiled, str(path), None, excepted, layout)


def difference(model: Weighted) -> float:
    """From what PyTorch computed in float32, over the largest number."""
    graph, _, weights = model.network
    assert weights is not None
    logits = interpret(graph, weights, [MEASURED["images"]])[graph.outputs[0].node]
    return float(np.abs(logits - MEASURED["logits"]).max() / np.abs(MEASURED["logits"]).max())


@cache
def _read() -> Arrays:
    return {str(one.name): one.arrays[0].values.astype("float32") for one in read_weights(F16).layers}


def arrays() -> Arrays:
    """Those of the small network, by timm's names."""
    return {**_read()}


def write(path: Path, held: Arrays) -> str:
    path.write_bytes(b"".join(safetensors.pieces(held)))
    return str(path)


def refused(path: str, layout: str | None = None) -> str:
    with pytest.raises(Failure) as failure:
        loaded(path, layout)
    return failure.value.told()


@pytest.mark.parametrize(
    ("path", "layout", "least", "most"),
    [(F16, None, 1e-6, 3e-3), (F16, "timm", 1e-6, 3e-3), (BF16, "timm/resnetv2", 1e-5, 3e-2)],
)
def test_halves_are_widened_and_it_is_said(path: str, layout: str | None, least: float, most: float) -> None:
    model = loaded(path, layout)
    assert least < difference(model) < most
    kind = "bfloat16" if path == BF16 else "float16"
    assert any(f"of {kind}, widened to float32" in one for one in model.said)


@pytest.mark.skipif(not is_installed("torch"), reason="PyTorch is not installed")
def test_a_checkpoint_of_pytorch_computes_the_same() -> None:
    model = loaded(PTH)
    assert difference(model) < 1e-5
    said = " ".join(model.said)
    assert "`epoch`, `optimizer`" in said
    assert "behind `state_dict.module.`" in said


@pytest.mark.skipif(is_installed("torch"), reason="PyTorch is installed")
@pytest.mark.keras  # which is looked for, to say which extra is nearly there
def test_without_pytorch_its_files_are_refused_with_the_remedy(tmp_path: Path) -> None:
    other = tmp_path / "weights.keras"
    other.write_bytes(Path(PTH).read_bytes())
    for file in (PTH, str(other)):
        ended = call("compile", TEXT, "--weights", file, "-o", str(tmp_path / "out.keras"))
        assert ended.code == 2
        assert "resnet-dsl[torch]" in ended.err


def test_arrays_go_back_under_the_names_that_they_came_from(tmp_path: Path) -> None:
    for layout, ending in (("timm", "a"), (None, "b")):
        NETWORK.to_safetensors(tmp_path / ending, layout=layout, weights=F16)
    written = {str(one.name): one.arrays[0].values for one in read_weights(tmp_path / "a").layers}
    assert written.keys() == arrays().keys()
    assert all(
        (written[name] == array).all() and written[name].shape == array.shape for name, array in arrays().items()
    )
    assert difference(loaded(tmp_path / "b")) == difference(loaded(F16))


def test_npz_is_read_and_pickles_in_it_are_not(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", **arrays())
    np.savez_compressed(tmp_path / "packed.npz", **arrays())
    assert difference(loaded(tmp_path / "w.npz")) == difference(loaded(tmp_path / "packed.npz")) < 3e-3
    np.savez(tmp_path / "evil.npz", **arrays(), more=np.array([{}], object))
    assert "holds no numbers" in refused(str(tmp_path / "evil.npz"))


@pytest.mark.parametrize("front", ["module.", "model.backbone."])
def test_what_stands_in_front_of_all_names_is_left_out_and_said(tmp_path: Path, front: str) -> None:
    model = loaded(write(tmp_path / "w", {f"{front}{name}": one for name, one in arrays().items()}))
    assert difference(model) < 3e-3
    assert any(f"behind `{front}`" in one for one in model.said)
    assert any(f"behind `{front}`" in one for one in loaded(tmp_path / "w", "timm").said), "who says the layout, too"


def test_two_sets_of_weights_are_not_chosen_from(tmp_path: Path) -> None:
    both = {f"{front}.{name}": one for front in ("model", "ema") for name, one in arrays().items()}
    path = write(tmp_path / "w", both)
    assert "holds 2 sets of weights for small: `ema.`, `model.`" in refused(path)
    assert any("behind `model.`" in one for one in loaded(path, excepted=("ema",)).said)


def test_a_second_set_beside_one_without_a_name_is_passed_over_as_it_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "w", arrays() | {f"ema.{name}": 2 * one for name, one in arrays().items()})
    with pytest.raises(Failure) as failure:
        loaded(path)
    assert "holds 2 sets of weights for small: one by itself, and one behind `ema.`" in failure.value.lines[0]
    assert "`--except ema`" in str(failure.value.remedy)
    assert difference(loaded(path, excepted=("ema",))) < 3e-3


def test_the_nearest_layout_is_the_one_in_which_the_fewest_places_get_nothing(tmp_path: Path) -> None:
    """Whether it has no name for them, or the file lacks it."""
    few = {name: one for name, one in arrays().items() if not name.startswith("stages")}
    few |= {"head.x": np.zeros(3, np.float32), "more.a": np.zeros(2, np.float32)}
    assert "the nearest is timm (resnetv2)" in refused(write(tmp_path / "w", few))


@pytest.mark.parametrize(("count", "begins"), [(1, "under `--except stem` "), (3, "under `--except "), (4, "take the")])
def test_few_parts_are_named_and_more_are_another_network(tmp_path: Path, count: int, begins: str) -> None:
    parts = ("stem", "stages.0", "stages.1", "head")[:count]
    lacking = [next(name for name in sorted(arrays()) if name.startswith(part)) for part in parts]
    path = write(tmp_path / "w", {name: one for name, one in arrays().items() if name not in lacking})
    with pytest.raises(Failure) as failure:
        loaded(path)
    assert str(failure.value.remedy).startswith(begins)


def test_a_file_that_is_cut_off_is_to_be_taken_anew(tmp_path: Path) -> None:
    write(tmp_path / "w", arrays())
    (tmp_path / "w").write_bytes((tmp_path / "w").read_bytes()[:-1])
    with pytest.raises(Failure) as failure:
        loaded(str(tmp_path / "w"))
    assert str(failure.value.remedy).startswith("take another copy, or another file")


def test_numbers_beyond_those_of_float32_are_refused(tmp_path: Path) -> None:
    name, first = next(iter(arrays().items()))
    np.savez(tmp_path / "w.npz", **{**arrays(), name: np.full(first.shape, 1e39)})
    assert "larger than any of float32" in refused(str(tmp_path / "w.npz"))


def test_training_s_own_arrays_are_passed_over(tmp_path: Path) -> None:
    held = arrays() | {"optimizer.state.0.exp_avg": np.zeros(3, "float32")}
    assert any("`optimizer`" in one for one in loaded(write(tmp_path / "w", held)).said)


def _changed(name: str, change: Any) -> Arrays:
    held = arrays()
    change(held, held.pop(name))
    return held


WRONG = {
    "missing": (
        _changed("norm.bias", lambda held, one: None),
        ("`norm.bias`, for `head_batchnorm`, is not in the file",),
    ),
    "misnamed": (
        _changed("norm.bias", lambda held, one: held.update({"norm.bais": one})),
        ("did it become `norm.bais`?", "`norm.bais` is in the file, and the network has no place for it"),
    ),
    "too many": (arrays() | {"norm2.bias": np.zeros(64, "float32")}, ("`norm2.bias`", "--except norm2")),
    "turned": (
        _changed("stem.conv.weight", lambda held, one: held.update({"stem.conv.weight": one.transpose(2, 3, 1, 0)})),
        ("stem_conv", "the network 7x7x3x8"),
    ),
    "short": (
        _changed("norm.bias", lambda held, one: held.update({"norm.bias": one[:-1]})),
        ("head_batchnorm", "the file has 64, 63, 64, 64, the network 64, 64, 64, 64"),
    ),
    "broadcast": (
        _changed("norm.bias", lambda held, one: held.update({"norm.bias": one[:1]})),
        ("head_batchnorm", "the file has 64, 1, 64, 64"),
    ),
    "of other classes": (
        arrays() | {"head.fc.weight": np.zeros((7, 64, 1, 1), "float32"), "head.fc.bias": np.zeros(7, "float32")},
        (
            "head_dense: the file has 64x7, 7, the network 64x5, 5",
            "--except head",
        ),
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_does_not_fit_is_refused_by_name(tmp_path: Path, case: str) -> None:
    held, words = WRONG[case]
    told = refused(write(tmp_path / "w.safetensors", held))
    assert all(one in told for one in words), told


@pytest.mark.parametrize("case", WRONG)
def test_what_stands_in_front_of_all_names_changes_nothing_of_what_is_told(tmp_path: Path, case: str) -> None:
    """Near names and remedies are those of the same file without it."""
    held = WRONG[case][0]
    plain, behind = (
        refused(write(tmp_path / "w", {f"{front}{name}": one for name, one in held.items()}))
        for front in ("", "module.")
    )
    assert behind.replace(", names beginning with `module.`", "").replace("`module.", "`") == plain


@pytest.mark.parametrize(
    ("case", "exception"), [("of other classes", "head"), ("too many", "norm2"), ("short", "head")]
)
def test_the_remedy_helps(tmp_path: Path, case: str, exception: str) -> None:
    path = write(tmp_path / "w.safetensors", WRONG[case][0])
    assert loaded(path, excepted=(exception,)).network.weights is not None
    with pytest.raises(Failure, match="has no part and no layer"):
        loaded(path, excepted=(exception, "nothing"))


def test_a_file_without_the_head_is_loaded_without_it(tmp_path: Path) -> None:
    held = {name: one for name, one in arrays().items() if not name.startswith(("head", "norm"))}
    path = write(tmp_path / "w.safetensors", held)
    assert "--except head" in refused(path)
    assert loaded(path, excepted=("head",)).network.weights is not None


def test_a_part_of_the_network_takes_the_file_of_the_whole() -> None:
    part = NETWORK.backbone(["conv2"])
    assert given(part.compiled, F16, None, ()).network.weights is not None


def header(said: Any, data: bytes = b"") -> bytes:
    text = said if isinstance(said, bytes) else json.dumps(said).encode()
    return struct.pack("<Q", len(text)) + text + data


def _array(first: int, end: int, shape: object = (1,), kind: str = "F32") -> dict[str, object]:
    return {"dtype": kind, "shape": shape, "data_offsets": [first, end]}


HOSTILE = {
    "cut off": header({"a": _array(0, 4)}, bytes(4))[:20],
    "a header that is longer than the file": struct.pack("<Q", 5000) + b'{"a": 1}' + bytes(50),
    "no JSON": header(b'{"a": ' + b"[" * 100_000),
    "a list": header(b'{"a": [[1]]}'),
    "an array twice": header(b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{}}', bytes(4)),
    "overlapping": header({"a": _array(0, 8, (2,)), "b": _array(4, 12, (2,))}, bytes(12)),
    "a gap": header({"a": _array(0, 4), "b": _array(8, 12)}, bytes(12)),
    "outside": header({"a": _array(0, 400, (100,))}, bytes(4)),
    "bytes left over": header({"a": _array(0, 4)}, bytes(8)),
    "another length than its shape": header({"a": _array(0, 4, (3,))}, bytes(4)),
    "a negative length": header({"a": _array(0, 4, (-1, -1))}, bytes(4)),
    "a shape that is no list": header({"a": _array(0, 4, "1")}, bytes(4)),
    "a type that is not known": header({"a": _array(0, 4, (1,), "Q4")}, bytes(4)),
    "whole numbers": header({"a": _array(0, 1, (1,), "I8")}, bytes(1)),
    "eight-bit floats": header({"a": _array(0, 1, (1,), "F8_E4M3")}, bytes(1)),
    "a name that is none": header({"\x1b[2J": _array(0, 4)}, bytes(4)),
    "an enormous empty array": header({"a": _array(0, 0, (0, 2**62))}),
    "nothing": header({}),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_are_refused_with_exit_code_2(tmp_path: Path, case: str) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(HOSTILE[case])
    ended = _compile(str(path), tmp_path)
    assert ended.code == 2
    assert "error: `" in ended.err
    assert "\x1b" not in ended.err
    assert len(list(tmp_path.iterdir())) == 1


def _compile(path: str, folder: Path, *options: str) -> Ended:
    return call("compile", TEXT, "--weights", path, "--quiet", "-o", str(folder / "out.keras"), *options)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--layout", "tim"), "did you mean `timm`?"),
        (("--layout", "huggingface"), "does not fit small in the layout huggingface"),
        (("--layout", "keras"), "there is no layout `keras`"),
    ],
)
def test_layouts_that_are_none_or_another_are_refused(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    ended = _compile(F16, tmp_path, *options)
    assert ended.code == 2
    assert words in ended.err


def test_the_command_writes_and_reads(tmp_path: Path) -> None:
    out = tmp_path / "out.safetensors"
    ended = call("compile", TEXT, "--weights", F16, "--to", "safetensors", "--layout", "timm", "-o", str(out))
    assert ended.code == 0, ended.err
    assert difference(loaded(out)) < 3e-3
    again = call("compile", TEXT, "--to", "safetensors", "-o", str(out))
    assert again.code == 2  # it may be trained
    assert "--force" in again.err
    for options in (("--to", "safetensors", "--layout", "torchvision"), ("--layout", "timm")):
        ended = call("compile", TEXT, "-o", str(tmp_path / "new.safetensors"), *options)
        assert ended.code == 2, options
    assert [one.name for one in tmp_path.iterdir()] == ["out.safetensors"]


def test_fresh_arrays_are_replaced_unasked(tmp_path: Path) -> None:
    out = str(tmp_path / "out.safetensors")
    for seed in ("1", "2"):
        assert call("compile", TEXT, "--to", "safetensors", "--seed", seed, "-o", out).code == 0
    with open(out, "r+b") as file:
        file.seek(-4, 2)
        file.write(b"\1\2\3\4")
    assert call("compile", TEXT, "--to", "safetensors", "-o", out).code == 2
