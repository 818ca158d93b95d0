"""The spec in a run folder stands alone: compiled from there, it is the same graph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from resnet_dsl import pipeline, shipped
from resnet_dsl.elaborate.loading import MOST_FILES
from resnet_dsl.laboratory.training.network import Classifier
from tests.cli.calling import call
from tests.specs.family import SEVERAL_ENDS

FILES = {
    "net.resnet": """import "parts/one.resnet"
import "parts/two.resnet"  # a comment that speaks of "parts/one.resnet"
# A network of imported blocks.
network net(classes = 3, width = 4, word = valid) {
  input 8x8x1
  stem { conv(width, 3, pad = word) -> norm -> act }
  stage a { first(width) }
  stage b { second(width) }
  head { avgpool(global) -> dense(classes) -> softmax }
}
network half from net(width = 2) { stage c { first(2) } expect depth == 6 }
""",
    "parts/one.resnet": """import "helper.resnet"
block first(width) { helper(width) }
""",
    "parts/two.resnet": """import "deep/helper.resnet"
import "../net-helpers.resnet"
block second(width) { helper(width) -> third }
""",
    "parts/helper.resnet": "block helper(width) { conv(width, 3) -> norm -> act }\n",
    "parts/deep/helper.resnet": "block helper(width) { conv(width, 1) -> relu }\n",
    "net-helpers.resnet": "block third { conv(3, 3) }\n",
}


@pytest.fixture
def net(tmp_path: Path) -> Path:
    """A file whose imports import files, two of which have the same name and define the same name."""
    for name, text in FILES.items():
        (tmp_path / "from" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "from" / name).write_text(text)
    return tmp_path / "from" / "net.resnet"


def moved(network: Classifier, folder: Path) -> Path:
    """The files of a network that stands alone, written into a folder."""
    for name, text in {"network.resnet": network.spec_text, **network.imports}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder / "network.resnet"


@pytest.mark.parametrize(
    ("name", "overrides", "size", "options"),
    [
        ("net", {}, None, []),
        ("half", {}, None, []),
        (
            "net",
            {"width": 6, "word": "same"},
            (16, 12, 1),
            ["--set", "width=6", "--set", "word=same", "--input", "16x12x1"],
        ),
        ("half", {"classes": 5}, (None, None, 1), ["--set", "classes=5", "--input", "?x?x1"]),
    ],
)
def test_imports_come_along(
    net: Path, tmp_path: Path, name: str, overrides: Any, size: Any, options: list[str]
) -> None:
    compiled = pipeline.load(str(net)).compile(name, overrides, size)
    network = Classifier(compiled)
    path = moved(network, tmp_path / "to")
    for file in net.parent.rglob("*.resnet"):
        file.unlink()
    again = pipeline.load(str(path)).compile(name, overrides, size)
    assert again.graph == compiled.graph
    assert (network.settings["network"], list(network.settings["set"])) == (name, list(overrides))
    told = path.read_text().splitlines()[-1]
    assert told == f"# Compiled as: {name} {' '.join(options)}" or not options
    ended = call("compile", f"{path}:{name}", *options, "--to", "ir", "-o", str(tmp_path / "again.json"), "--quiet")
    assert ended.code == 0, ended.err
    assert json.loads((tmp_path / "again.json").read_text()) == json.loads(network.ir_json)


def test_a_spec_without_imports_stays_as_it_is(tmp_path: Path) -> None:
    text = FILES["net-helpers.resnet"] + "network n { input 8x8x1 head { avgpool(global) -> dense(2) } }\n"
    network = Classifier(pipeline.load_text(text).compile())
    assert (network.spec_text, network.imports) == (text, {})


@pytest.mark.parametrize("file", [one for one in shipped.shipped_files() if "import" in Path(one.path).read_text()])
def test_shipped_specs_with_imports_stand_alone(tmp_path: Path, file: shipped.ShippedFile) -> None:
    compiled = pipeline.load(file.path).compile(file.networks[0], {}, None)
    if file.networks[0] in SEVERAL_ENDS or len(compiled.facts.output_shape) != 1:
        pytest.skip("tells no classes apart")
    path = moved(Classifier(compiled), tmp_path)
    assert pipeline.load(str(path)).compile(file.networks[0]).graph == compiled.graph


def test_many_files_of_one_name(tmp_path: Path) -> None:
    imports = ""
    for number in range(MOST_FILES - 1):
        (tmp_path / str(number)).mkdir()
        (tmp_path / f"{number}" / "b.resnet").write_text(f"block b{number} {{ relu }}\n")
        imports += f'import "{number}/b.resnet"\n'
    (tmp_path / "net.resnet").write_text(
        imports + "network n { input 8x8x1 stem { b7 } head { b98 -> avgpool(global) -> dense(2) } }\n"
    )
    compiled = pipeline.load(str(tmp_path / "net.resnet")).compile()
    path = moved(Classifier(compiled), tmp_path / "to")
    assert pipeline.load(str(path)).compile().graph == compiled.graph
