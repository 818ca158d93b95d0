"""What `predict` says is what the model computes, of the images that can be read; the others are told."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resnet_dsl import pipeline
from resnet_dsl.targets.keras import save, to_keras
from resnet_dsl.weights import InputScaling
from tests.cli.calling import call

keras = pytest.importorskip("keras")
pillow = pytest.importorskip("PIL.Image")

SPEC = """
network net(classes = 7) {
  input 8x6x3
  stem { conv(4, 3, pad = valid) -> norm -> relu }
  head { avgpool(global) -> dense(classes) -> softmax }
}
network raw from net { head { avgpool(global) -> dense(classes) } }
network map from net { head { conv(2, 1) } }
network deeper from net { input 8x6x2 }
network open from net { input 4?x4?x3 }
network pair { input left 8x6x3 input right 8x6x3 stage s { add(left, right) -> conv(3, 3) } head { avgpool(global) } }
network heads from net { head other { stem -> avgpool(global) -> dense(7) } }
network signals { input 16x2 stage s { conv(3, 3) } head { avgpool(global) } }
"""
SCALING = InputScaling((100.0, 50.0, 7.0), (400.0, 90.0, 9.0))
NAMES = ("cat", "dog", "çà", "d", "e", "f", "g")
IMAGES = np.random.default_rng(0).integers(0, 256, (3, 8, 6, 3), np.uint8)


def saved(folder: Path, network: str = "net", scaling: InputScaling | None = SCALING, fresh: bool = False) -> Any:
    """A model with moved weights in ``folder/model.keras``."""
    compiled = pipeline.load_text(SPEC).compile(network)
    model = to_keras(compiled.graph, compiled.shapes, seed=1, scaling=scaling)
    draw = np.random.default_rng(1)
    model.set_weights([draw.uniform(0.5, 1.5, one.shape).astype(one.dtype) for one in model.get_weights()])
    save(model, folder / "model.keras", compiled.graph, NAMES if scaling else (), fresh=fresh)
    return model


def write(folder: Path, images: Any = IMAGES) -> list[str]:
    for number, image in enumerate(images):
        pillow.fromarray(image).save(folder / f"{number}.png")
    return [f"{number}.png" for number in range(len(images))]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_numbers_are_those_of_the_model(folder: Path) -> None:
    model = saved(folder)
    files = write(folder)
    said = call("predict", "model.keras", *files, "--format", "json", "--top", "7")
    assert said.code == 0
    found = json.loads(said.out)
    expected = model.predict(IMAGES.astype("float32"), verbose=0)
    for one, file, row in zip(found, files, expected, strict=True):
        assert one["image"] == file
        classes = one["outputs"]["head"]
        assert [each["index"] for each in classes] == np.argsort(-row).tolist()
        assert [each["class"] for each in classes] == [NAMES[index] for index in np.argsort(-row)]
        np.testing.assert_allclose([each["probability"] for each in classes], np.sort(row)[::-1], atol=1e-6)


def test_five_classes_are_named_and_folders_are_searched(folder: Path) -> None:
    saved(folder)
    (folder / "images" / "more").mkdir(parents=True)
    write(folder / "images" / "more")
    write(folder / "images", IMAGES[:1])
    (folder / "images" / ".hidden.png").write_bytes(b"")
    (folder / "images" / "notes.txt").write_text("")
    said = call("predict", "model.keras", "images", "--format", "csv")
    assert said.code == 0
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [row["image"] for row in rows[::5]] == [
        f"images/{n}" for n in ("0.png", *(f"more/{n}.png" for n in range(3)))
    ]
    assert [row["rank"] for row in rows] == [*"12345"] * 4
    assert "1 file left out, hidden" in said.err
    assert "1 file left out, no .bmp" in said.err


def test_a_larger_image_is_cut_to_its_centre_and_pooled(folder: Path) -> None:
    saved(folder)
    large = IMAGES[0].repeat(3, 0).repeat(3, 1)  # 24x18: the input's proportions
    write(folder, [IMAGES[0], large, np.pad(large, ((0, 0), (5, 5), (0, 0)))])
    said = call("predict", "model.keras", "0.png", "1.png", "2.png", "--format", "json")
    assert said.code == 0
    first, *others = [one["outputs"] for one in json.loads(said.out)]
    for other in others:
        assert [one["class"] for one in other["head"]] == [one["class"] for one in first["head"]]
        np.testing.assert_allclose(
            [one["probability"] for one in other["head"]], [one["probability"] for one in first["head"]], rtol=1e-4
        )


def test_what_cannot_be_read_is_told_and_the_others_are_predicted(folder: Path) -> None:
    saved(folder)
    write(folder)
    (folder / "1.png").write_bytes((folder / "1.png").read_bytes()[:60])
    transparent = np.dstack([IMAGES[0], np.full((8, 6), 9, np.uint8)])
    pillow.fromarray(transparent).save(folder / "clear.png")
    pillow.fromarray(np.full((8, 6), 999, np.uint16)).save(folder / "deep.png")
    said = call("predict", "model.keras", "0.png", "1.png", "clear.png", "deep.png", "absent.png", "2.png")
    assert said.code == 2
    assert [line for line in said.out.splitlines() if line.endswith(".png")] == ["0.png", "2.png"]
    for name in ("1.png", "clear.png", "deep.png has 16 bits", "absent.png: No such file"):
        assert name in said.err


def test_what_cannot_be_computed_is_told_and_the_others_are_predicted(folder: Path) -> None:
    """The class of a white image overflows; the black one, in the same batch, has numbers."""
    model = saved(folder, "raw", scaling=None)
    model.set_weights([np.full_like(one, 3e38) if one.ndim == 2 else one for one in model.get_weights()])
    compiled = pipeline.load_text(SPEC).compile("raw")
    save(model, folder / "model.keras", compiled.graph)
    write(folder, [np.zeros_like(IMAGES[0]), np.full_like(IMAGES[0], 255), np.zeros_like(IMAGES[0])])
    for asked in ("json", "csv", "text"):
        said = call("predict", "model.keras", "0.png", "1.png", "2.png", "--format", asked)
        assert said.code == 2
        assert [f"{number}.png" in said.out for number in range(3)] == [True, False, True]
        assert "the model computes no numbers for 1.png" in said.err


def test_an_image_in_which_no_window_lies_is_told_and_the_others_are_predicted(folder: Path) -> None:
    compiled = pipeline.load_text(SPEC.replace("4?x4?x3", "?x?x3")).compile("open")
    save(to_keras(compiled.graph, compiled.shapes, seed=1), folder / "model.keras", compiled.graph)
    write(folder, [IMAGES[0], IMAGES[0][:2, :2], IMAGES[1]])
    said = call("predict", "model.keras", "0.png", "1.png", "2.png", "--format", "json")
    assert said.code == 2
    assert [one["image"] for one in json.loads(said.out)] == ["0.png", "2.png"]
    assert "1.png: `open` does not take `2x2x3`: `conv` has a window of 3" in said.err


def test_a_file_in_onnx_is_predicted_as_it_is_told(folder: Path) -> None:
    pytest.importorskip("onnx")
    (folder / "net.resnet").write_text(SPEC)
    assert call("compile", "net.resnet:net", "--to", "onnx", "--quiet").code == 0
    write(folder)
    said = call("predict", "net.onnx", "0.png")
    assert said.code == 2
    assert "`resnet-dsl import FILE --weights model.keras` makes one" in said.err
    assert call("import", "net.onnx", "--weights", "model.keras").code == 0
    assert call("predict", "model.keras", "0.png").code == 0


def test_what_the_model_does_not_do_can_be_asked_for(folder: Path) -> None:
    model = saved(folder, scaling=None)
    write(folder)
    asked = ["--mean", "100,50,7", "--std", "20"]
    said = call("predict", "model.keras", "0.png", "--format", "json", *asked)
    assert said.code == 0
    expected = model.predict((IMAGES[:1] - np.array([100, 50, 7], "float32")) / 20, verbose=0)[0]
    (found,) = json.loads(said.out)
    np.testing.assert_allclose(found["outputs"]["head"][0]["probability"], expected.max(), rtol=1e-5)
    assert found["outputs"]["head"][0]["class"] == str(expected.argmax())
    assert "note" not in said.err
    said = call("predict", "model.keras", "0.png")
    assert said.code == 0
    assert "0 to 255" in said.err


@pytest.mark.parametrize("asked", [("--std", "1e-200"), ("--std", "1e200"), ("--mean", "1e300"), ("--std", "0")])
def test_scalings_that_overflow_are_refused(folder: Path, asked: tuple[str, str]) -> None:
    """Squared, `1e200` was infinite, and every pixel 0."""
    saved(folder, scaling=None)
    write(folder)
    said = call("predict", "model.keras", "0.png", *asked)
    assert said.code == 2
    assert f"error: {asked[0]}: numbers" in said.err


def test_scores_that_are_no_probabilities_are_called_so(folder: Path) -> None:
    saved(folder, "raw", fresh=True)
    write(folder)
    said = call("predict", "model.keras", "0.png", "--format", "csv")
    assert said.code == 0
    assert said.out.splitlines()[0] == "image,output,rank,index,class,score"
    assert "nobody has trained" in said.err


def test_every_output_is_told_by_name(folder: Path) -> None:
    model = saved(folder, "heads")
    write(folder)
    said = call("predict", "model.keras", "0.png", "--format", "json")
    assert said.code == 0
    (found,) = json.loads(said.out)
    expected = model.predict(IMAGES[:1].astype("float32"), verbose=0)
    assert found["outputs"].keys() == expected.keys() == {"head", "other"}
    for name, numbers in expected.items():
        np.testing.assert_allclose(found["outputs"][name][0]["score"], numbers.max(), rtol=1e-5)


def test_open_sides_take_images_as_they_are(folder: Path) -> None:
    model = saved(folder, "open")
    square = np.random.default_rng(1).integers(0, 256, (8, 12, 3), np.uint8)
    write(folder, [square, IMAGES[0]])
    said = call("predict", "model.keras", "0.png", "1.png", "--format", "json")
    assert said.code == 2
    expected = model.predict(square[None].astype("float32"), verbose=0)[0]
    np.testing.assert_allclose(json.loads(said.out)[0]["outputs"]["head"][0]["probability"], expected.max(), rtol=1e-5)
    for words in ("1.png is 8x6x3", "multiples of 4", "8x4x3 or 8x8x3"):
        assert words in said.err


@pytest.mark.parametrize(
    ("network", "why"),
    [
        ("pair", "takes 2 inputs"),
        ("map", "returns 6x4x2 as `head`"),
        ("deeper", "the network's input has 2"),
        ("signals", "takes 16x2, no images"),
    ],
)
def test_networks_that_tell_no_images_apart(folder: Path, network: str, why: str) -> None:
    saved(folder, network, scaling=None)
    write(folder)
    said = call("predict", "model.keras", "0.png")
    assert said.code == 2
    assert why in said.err


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (["--mean", "1"], "normalises images itself"),
        (["--std", "0"], "normalises images itself"),
        (["--top", "0"], "no whole number"),
        (["--mean", "nan"], "no number"),
        (["--std", "1,,2"], "no number"),
    ],
)
def test_wrong_usage(folder: Path, asked: list[str], why: str) -> None:
    saved(folder)
    write(folder)
    said = call("predict", "model.keras", "0.png", *asked)
    assert said.code == 2
    assert why in said.err


@pytest.mark.parametrize(("asked", "why"), [(["--std", "0"], "above 0"), (["--mean", "1,2"], "images have 3 channels")])
def test_numbers_that_do_not_fit(folder: Path, asked: list[str], why: str) -> None:
    saved(folder, scaling=None)
    write(folder)
    said = call("predict", "model.keras", "0.png", *asked)
    assert said.code == 2
    assert why in said.err


def test_files_of_others_are_refused(folder: Path) -> None:
    write(folder)
    keras.Sequential([keras.Input((8, 6, 3)), keras.layers.Flatten()]).save("theirs.keras")
    (folder / "empty").mkdir()
    said = call("predict", "theirs.keras", "0.png")
    assert said.code == 2
    assert "carries no graph" in said.err
    assert call("predict", "0.png", "0.png").code == 2
    assert call("predict", "absent.keras", "0.png").code == 2
    saved(folder)
    said = call("predict", "model.keras", "empty")
    assert said.code == 2
    assert "empty has no images" in said.err
