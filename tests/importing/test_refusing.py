"""What the compiler would refuse is told of the source, in its own names; what is returned twice comes in."""

from __future__ import annotations

import pytest

from resnet_dsl.importing.flat import Assembler, FlatNetwork, NotImportedError
from resnet_dsl.importing.imported import imported


def _assembler() -> tuple[Assembler, int]:
    assembler = Assembler("model.onnx")
    return assembler, assembler.input("image", (8, 8, 3))


def _refusal(network: FlatNetwork) -> NotImportedError:
    with pytest.raises(NotImportedError) as refused:
        imported(network, "net")
    assert str(refused.value).startswith("`model.onnx` cannot be imported: ")
    return refused.value


@pytest.mark.parametrize("name", ["extra", "conv", "serving/extra:0"])
def test_an_input_that_nothing_reads_has_its_own_name(name: str) -> None:
    assembler, image = _assembler()
    assembler.input(name, (5,))
    found = _refusal(assembler.finish("g", {"y": assembler.node("relu", [image], "a")}))
    assert str(found).endswith(f": nothing in it reads its input `{name}`")
    assert found.remedy == "save the model without this input"


def test_an_input_that_only_lends_its_size_is_told() -> None:
    assembler, image = _assembler()
    size = assembler.input("size", (16, 16, 3))
    found = _refusal(assembler.finish("g", {"y": assembler.node("resize", [image, size], "a", like=True)}))
    assert "nothing in it reads its input `size`: it only lends a size" in str(found)


@pytest.mark.parametrize("behind", [False, True])
def test_a_layer_that_is_held_for_a_mistake_has_its_own_name(behind: bool) -> None:
    assembler, image = _assembler()
    pooled = assembler.node("avgpool", [image], "pool", kernel="global")
    end = assembler.node("softmax", [assembler.node("dense", [pooled], "fc", units=1)], "head/Softmax:0")
    end = assembler.node("add", [end, end], "sum") if behind else end
    found = _refusal(assembler.finish("g", {"y": end}))
    assert "`head/Softmax:0` is refused: the softmax of one number is 1" in str(found)


def test_too_many_inputs_are_the_models() -> None:
    assembler = Assembler("model.onnx")
    images = [assembler.input(f"image{number}", (8, 8, 3)) for number in range(300)]
    found = _refusal(assembler.finish("g", {"y": assembler.node("add", images, "sum")}))
    assert "there are 300 inputs" in str(found)
    assert found.remedy == "save the part of the model that is wanted"


def test_a_value_that_is_returned_again_comes_in() -> None:
    assembler, image = _assembler()
    conv = assembler.node("conv", [image], "a", channels=4, kernel=3)
    end = assembler.node("avgpool", [conv], "b", kernel="global")
    found = imported(assembler.finish("g", {"p": conv, "q": end, "r": conv, "s": image, "t": image}), "net")
    assert found.text.endswith("\n  output p, q, r, input, t\n}\n")
    assert found.text.count("identity") == 2
