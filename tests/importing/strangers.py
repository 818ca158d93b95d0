"""Files that are not to be imported, made here, each of a few bytes: what stands for a kind of what people have.

``FILES``: from a file's name to what makes it and what its refusal says.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np

FIXTURES = Path(__file__).parents[1] / "fixtures"
KERAS, ONNX = FIXTURES / "0.1.0" / "small.keras", FIXTURES / "onnx" / "small.onnx"


class Stranger(NamedTuple):
    """make: writes the file at a path. says: words of the refusal. code: with which the command ends."""

    make: Callable[[Path], object]
    says: str
    code: int = 2


def _bytes(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def _archive(entries: Mapping[str, bytes]) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries.items():
                archive.writestr(name, content)

    return make


def _npz(path: Path) -> None:
    with path.open("wb") as file:
        np.savez(file, a=np.zeros(3))


def _npy() -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


def _safetensors() -> bytes:
    head = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return struct.pack("<Q", len(head)) + head + bytes(4)


OF_ANOTHER_KIND = {
    "empty.onnx": Stranger(_bytes(b""), "it is empty"),
    "empty.keras": Stranger(_bytes(b""), "it is empty"),
    "folder.onnx": Stranger(Path.mkdir, "it is a folder"),
    "saved_model.keras": Stranger(Path.mkdir, "it is a folder"),
    "page.onnx": Stranger(_bytes(b"<!DOCTYPE html>\n<html><title>Not found</title>"), "a page of the web"),
    "page.keras": Stranger(_bytes(b"\n  <html lang='en'>"), "a page of the web"),
    "pointer.onnx": Stranger(_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"), "git-lfs"),
    "pointer.h5": Stranger(_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"), "git-lfs"),
    "spec.keras": Stranger(_bytes(b"# A network.\nnetwork n { input 8x8x3 }\n"), "it is a text"),
    "picture.onnx": Stranger(_bytes(b"\x89PNG\r\n\x1a\n" + bytes(30)), "a picture"),
    "pickled.onnx": Stranger(_bytes(pickle.dumps({"weight": 1})), "a pickle"),
    "whole.pth": Stranger(_archive({"whole/data.pkl": b"", "whole/byteorder": b"little"}), "PyTorch saved it"),
    "exported.pt2": Stranger(
        _archive({"ex/data/weights/weight_0": b"", "ex/models/model.json": b""}), "PyTorch saved it"
    ),
    "script.pt": Stranger(_archive({"s/data/0": b"", "s/code/__torch__/m.py": b""}), "PyTorch saved it"),
    "renamed.keras": Stranger(_archive({"archive/data.pkl": b""}), "PyTorch saved it"),
    "weights.safetensors": Stranger(_bytes(_safetensors()), "weights alone"),
    "arrays.keras": Stranger(_npz, "no"),
    "array.onnx": Stranger(_bytes(_npy()), "an array of NumPy"),
    "packed.onnx": Stranger(_bytes(gzip.compress(b"\x08\x08")), "it is compressed"),
    "lite.keras": Stranger(_bytes(b"\x1c\x00\x00\x00TFL3" + bytes(30)), "LiteRT"),
    "config.keras": Stranger(_bytes(b'{"class_name": "Functional"}'), "it is JSON"),
    "nothing.bin": Stranger(_bytes(b"\x01\x02\x03\x04 what is this"), "no model of ONNX or Keras"),
    "link.onnx": Stranger(lambda path: path.symlink_to("nowhere.onnx"), "No such file"),
    "pipe.onnx": Stranger(os.mkfifo, "a device or a pipe"),
    "device.keras": Stranger(lambda path: path.symlink_to("/dev/zero"), "a device or a pipe"),
}


def _keras(change: Callable[[dict[str, bytes]], object]) -> Callable[[Path], object]:
    """The small model with entries of its archive changed."""

    def make(path: Path) -> None:
        with zipfile.ZipFile(KERAS) as archive:
            entries = {name: archive.read(name) for name in archive.namelist() if not name.startswith("resnet_dsl/")}
        change(entries)
        _archive(entries)(path)

    return make


def _described(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    """The small model with another description; ``change`` gets its layers by name."""

    def changed(entries: dict[str, bytes]) -> None:
        config = json.loads(entries["config.json"])
        change({"": config["config"], **{one["config"]["name"]: one for one in config["config"]["layers"]}})
        entries["config.json"] = json.dumps(config).encode()

    return _keras(changed)


def _kind(kind: str, module: str = "keras.layers", **config: Any) -> Callable[[Path], object]:
    """One of its activations is a layer of this class."""

    def change(layers: dict[str, Any]) -> None:
        layer = layers["a_block1_relu2"]
        layer.update(class_name=kind, module=module, registered_name=None if "keras" in module else f"mine>{kind}")
        layer["config"] = {"name": "a_block1_relu2", **config}

    return _described(change)


def _reads(layer: str, read: str) -> Callable[[Path], object]:
    """One of its layers reads the value of another one."""

    def change(layers: dict[str, Any]) -> None:
        node = layers[layer]["inbound_nodes"][0]
        node["args"][0]["config"]["keras_history"] = [read, 0, 0]

    return _described(change)


def _of_layer(layer: str, **config: Any) -> Callable[[Path], object]:
    return _described(lambda layers: layers[layer]["config"].update(config))


def _cut(source: Path, share: float) -> Callable[[Path], object]:
    content = source.read_bytes()
    return _bytes(content[: int(len(content) * share)])


def _h5(attributes: Mapping[str, Any]) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        with h5py.File(path, "w") as file:
            file.attrs.update(attributes)

    return make


def _bomb(name: str) -> Callable[[Path], object]:
    """An entry that unpacks to 200 megabytes."""
    return _keras(lambda entries: entries.update({name: bytes(200_000_000)}))


OF_KERAS = {
    "lambda.keras": Stranger(
        _kind("Lambda", function={"class_name": "__lambda__", "config": {"code": "4wEAAA"}}), "Lambda", 1
    ),
    "custom.keras": Stranger(_kind("Mine", "mine"), "Mine", 1),
    "language.keras": Stranger(_kind("Embedding", input_dim=9, output_dim=3), "Embedding", 1),
    "recurrent.keras": Stranger(_kind("LSTM", units=3), "LSTM", 1),
    "transformer.keras": Stranger(_kind("MultiHeadAttention", num_heads=1, key_dim=2), "MultiHeadAttention", 1),
    "noise.keras": Stranger(_kind("GaussianNoise", stddev=1.0), "GaussianNoise", 1),
    "steered.keras": Stranger(_kind("os.system", "os"), "os.system", 1),
    "swish.keras": Stranger(_kind("Activation", activation="mine>swish"), "mine>swish", 1),
    "circle.keras": Stranger(_reads("a_block1_conv1", "a_block1_relu3"), "a_block1"),
    "itself.keras": Stranger(_reads("a_block1_conv1", "a_block1_conv1"), "a_block1_conv1"),
    "unknown.keras": Stranger(_reads("a_block1_conv1", "nowhere"), "nowhere"),
    "cut.keras": Stranger(_cut(KERAS, 0.6), "cut off or damaged"),
    "no_config.keras": Stranger(_keras(lambda entries: entries.pop("config.json")), "no description of a model"),
    "no_weights.keras": Stranger(_keras(lambda entries: entries.pop("model.weights.h5")), "model.weights.h5"),
    "no_json.keras": Stranger(_keras(lambda entries: entries.update({"config.json": b"{'class': 1}"})), "no JSON"),
    "deep.keras": Stranger(_keras(lambda entries: entries.update({"config.json": b"[" * 100_000})), "no JSON"),
    "list.keras": Stranger(_keras(lambda entries: entries.update({"config.json": b"[]"})), ""),
    "bomb.keras": Stranger(_bomb("config.json"), "unpacks to"),
    "weights_bomb.keras": Stranger(_bomb("model.weights.h5"), "unpacks to"),
    "other_shape.keras": Stranger(_of_layer("a_block1_conv1", filters=5), "a_block1_conv1", 1),
    "huge.keras": Stranger(_of_layer("stem_conv", filters=10**12), "stem_conv", 1),
    "negative.keras": Stranger(_of_layer("stem_conv", filters=-8), "stem_conv", 1),
    "fraction.keras": Stranger(_of_layer("stem_conv", filters=8.5), "stem_conv", 1),
    "words.keras": Stranger(_of_layer("stem_conv", filters="many"), "stem_conv", 1),
    "nothing.keras": Stranger(_of_layer("stem_conv", filters=None), "stem_conv", 1),
    "bool.keras": Stranger(_of_layer("stem_conv", strides=[True, True]), "stem_conv", 1),
    "quantised.keras": Stranger(
        _of_layer(
            "stem_conv",
            dtype={"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8", "source_name": "float32"}},
        ),
        "stem_conv",
        1,
    ),
    "text.keras": Stranger(_described(lambda layers: layers[""].update(layers="none")), ""),
    "cut.h5": Stranger(_bytes(b"\x89HDF\r\n\x1a\n" + bytes(40)), ""),
    "weights.h5": Stranger(_h5({"layer_names": [], "backend": "tensorflow"}), ""),
    "no_json.h5": Stranger(_h5({"model_config": "{"}), ""),
}


def _onnx(
    *nodes: Any, shape: tuple[Any, ...] | None = (1, 3, 8, 8), constants: Mapping[str, Any] | None = None, **more: Any
) -> Callable[[Path], object]:
    """A graph from ``x`` to ``y`` of nodes (operator, inputs, output, attributes)."""

    def make(path: Path) -> None:
        import onnx
        from onnx import TensorProto, helper, numpy_helper

        made = [
            helper.make_node(kind, inputs, [output], name=f"the_{kind}", domain=more.get("domain", ""), **attributes)
            for kind, inputs, output, attributes in nodes
        ]
        entering = helper.make_tensor_value_info("x", more.get("type", TensorProto.FLOAT), shape)
        leaving = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in more.get("outputs", ["y"])]
        weights = [numpy_helper.from_array(np.asarray(array), name) for name, array in (constants or {}).items()]
        graph = helper.make_graph(made, "g", [entering], leaving, weights)
        imports = [helper.make_opsetid("", more.get("opset", 17)), helper.make_opsetid("mine", 1)]
        model = helper.make_model(graph, opset_imports=imports, ir_version=8)
        more.get("change", lambda model: None)(model)
        onnx.save(model, path) if not more.get("raw") else path.write_bytes(model.SerializeToString())

    return make


def _branch(output: str) -> Any:
    from onnx import TensorProto, helper

    node = helper.make_node("Relu", ["x"], [output])
    return helper.make_graph([node], "branch", [], [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)])


def _if(path: Path) -> None:
    branches = {"then_branch": _branch("a"), "else_branch": _branch("b")}
    _onnx(("If", ["c"], "y", branches), constants={"c": np.array(True)})(path)


def _loop(path: Path) -> None:
    _onnx(("Loop", ["n", "c"], "y", {"body": _branch("a")}), constants={"n": np.int64(9), "c": np.array(True)})(path)


def _outside(location: str, **entries: Any) -> Callable[[Path], object]:
    """A kernel whose numbers are said to stand in another file."""

    def change(model: Any) -> None:
        tensor = model.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = 1
        for key, value in {"location": location, **entries}.items():
            tensor.external_data.add(key=key, value=str(value))

    kernel = np.zeros((4, 3, 1, 1), np.float32)
    return _onnx(("Conv", ["x", "w"], "y", {}), constants={"w": kernel}, change=change, raw=True)


def _linked(path: Path) -> None:
    """Numbers behind a link that leads out of the folder."""
    secret = path.resolve().parents[1] / "secret.bin"
    secret.write_bytes(bytes(48))
    (path.resolve().parent / "numbers.bin").symlink_to(secret)
    _outside("numbers.bin")(path)


def _shortened(model: Any) -> None:
    model.graph.initializer[0].raw_data = bytes(4)


def _enlarged(model: Any) -> None:
    model.graph.initializer[0].dims[0] = 10**12


def _long(operators: int) -> list[tuple[str, list[str], str, dict[str, Any]]]:
    """So many of them in a row."""
    names = ["x", *(f"v{number}" for number in range(1, operators)), "y"]
    return [("Relu" if number % 2 else "Tanh", [names[number]], names[number + 1], {}) for number in range(operators)]


_KERNEL = {"w": np.zeros((4, 3, 1, 1), np.float32)}
_CONV = ("Conv", ["x", "w"], "y", {})
_QUANTISED = {
    **{name: np.float32(0.1) for name in ("xs", "ws", "ys")},
    **{name: np.uint8(0) for name in ("xz", "wz", "yz")},
    "w": np.zeros((4, 3, 1, 1), np.uint8),
}

OF_ONNX = {
    "cut.onnx": Stranger(_cut(ONNX, 0.6), ""),
    "noise.onnx": Stranger(_bytes(np.random.default_rng(0).bytes(4000)), ""),
    "lacking.onnx": Stranger(_onnx(("Det", ["x"], "y", {})), "Det", 1),
    "einsum.onnx": Stranger(_onnx(("Einsum", ["x"], "y", {"equation": "abcd->abdc"})), "Einsum", 1),
    "custom.onnx": Stranger(_onnx(("Mine", ["x"], "y", {}), domain="mine"), "Mine", 1),
    "if.onnx": Stranger(_if, "If", 1),
    "loop.onnx": Stranger(_loop, "Loop", 1),
    "recurrent.onnx": Stranger(
        _onnx(("LSTM", ["x", "w", "r"], "y", {"hidden_size": 2}), shape=(5, 1, 3),
              constants={"w": np.zeros((1, 8, 3), np.float32), "r": np.zeros((1, 8, 2), np.float32)}), "LSTM", 1),
    "language.onnx": Stranger(
        _onnx(("Gather", ["e", "x"], "y", {}), shape=(1, 7), type=7, constants=_KERNEL | {"e": np.zeros((9, 3))}),
        "", 1),
    "detection.onnx": Stranger(
        _onnx(("NonMaxSuppression", ["x", "s"], "y", {}), shape=(1, 6, 4),
              constants={"s": np.zeros((1, 2, 6), np.float32)}),
        "NonMaxSuppression", 1),
    "quantised.onnx": Stranger(
        _onnx(("QLinearConv", ["x", "xs", "xz", "w", "ws", "wz", "ys", "yz"], "y", {}), type=2,
              constants=_QUANTISED), "", 1),
    "dequantised.onnx": Stranger(
        _onnx(("DequantizeLinear", ["x", "xs", "xz"], "y", {}), type=2, constants=_QUANTISED), "", 1),
    "strings.onnx": Stranger(_onnx(("Identity", ["x"], "y", {}), type=8), "", 1),
    "random.onnx": Stranger(_onnx(("RandomNormalLike", ["x"], "y", {})), "RandomNormalLike", 1),
    "circle.onnx": Stranger(
        _onnx(("Relu", ["b"], "a", {}), ("Relu", ["a"], "b", {}), ("Add", ["x", "b"], "y", {}), raw=True), ""),
    "undefined.onnx": Stranger(_onnx(("Relu", ["nowhere"], "y", {}), raw=True), "nowhere"),
    "twice.onnx": Stranger(_onnx(("Relu", ["x"], "y", {}), ("Tanh", ["x"], "y", {}), raw=True), "y"),
    "no_output.onnx": Stranger(_onnx(("Relu", ["x"], "y", {}), outputs=[], raw=True), ""),
    "other_output.onnx": Stranger(_onnx(("Relu", ["x"], "y", {}), outputs=["z"], raw=True), "z"),
    "no_graph.onnx": Stranger(_bytes(b"\x08\x08\x12\x01a"), ""),
    "future.onnx": Stranger(_onnx(("Relu", ["x"], "y", {}), opset=999, raw=True), "999", 1),
    "ancient.onnx": Stranger(_onnx(("Relu", ["x"], "y", {}), opset=3, raw=True), "3", 1),
    "no_rank.onnx": Stranger(_onnx(("Relu", ["x"], "y", {}), shape=None), "x", 1),
    "open_channels.onnx": Stranger(_onnx(("Relu", ["x"], "y", {}), shape=(1, "c", 8, 8)), "x", 1),
    "no_batch.onnx": Stranger(_onnx(("Relu", ["x"], "y", {}), shape=()), "x", 1),
    "short.onnx": Stranger(_onnx(_CONV, constants=_KERNEL, change=_shortened, raw=True), "w"),
    "huge.onnx": Stranger(_onnx(_CONV, constants=_KERNEL, change=_enlarged, raw=True), "w"),
    "expanding.onnx": Stranger(
        _onnx(("ConstantOfShape", ["n"], "c", {}), ("Add", ["x", "c"], "y", {}), 
              constants={"n": np.array([10**6, 10**6])}), "", 1),
    "long.onnx": Stranger(_onnx(*_long(5_000)), "5,000", 1),
    "above.onnx": Stranger(_outside("../secret.bin"), "secret.bin"),
    "absolute.onnx": Stranger(_outside("/etc/passwd"), "/etc/passwd"),
    "linked.onnx": Stranger(_linked, "numbers.bin"),
    "missing.onnx": Stranger(_outside("gone.bin"), "gone.bin"),
    "beyond.onnx": Stranger(_outside("beyond.onnx", offset=10**15, length=48), ""),
    "misfit.onnx": Stranger(_onnx(_CONV, shape=(1, 5, 8, 8), constants=_KERNEL, raw=True), "Conv", 1),
}  # fmt: skip

FILES: dict[str, Stranger] = {**OF_ANOTHER_KIND, **OF_KERAS, **OF_ONNX}
