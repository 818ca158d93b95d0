"""Networks that derive from those that ship, and imports of files that ship: from any folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from resnet_dsl import pipeline, resources, shipped
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.pipeline import load, load_text
from resnet_dsl.source import Source

README = Path(resources.specs_folder()).parent / "README.md"


def count(text: str, network: str) -> int:
    return sum(load_text(text).compile(network).facts.params)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_network_that_ships_is_found_by_its_name() -> None:
    assert count("network mine from resnet34(classes = 10) {}", "mine") == 21_797_672 - 1_000 * 513 + 10 * 513


def test_one_of_ones_own_may_carry_the_name_of_its_base() -> None:
    text = "network resnet50 from resnet50 { head {} }\nnetwork other from resnet50 { skips off }"
    assert count(text, "resnet50") == 25_557_032 - 1_000 * 2_049
    assert load_text(text).compile("other").facts.output_shape == (7, 7, 2048)  # of this file's resnet50
    assert load_text(text).check() == ()


def test_what_the_file_or_its_imports_define_comes_first(folder: Path) -> None:
    own = "network resnet50 { input 8x8x3 stage s { conv(3, 1) } }"
    assert count(f"{own} network mine from resnet50 {{}}", "mine") == 9
    (folder / "other.resnet").write_text(own)
    assert count('import "other.resnet" network mine from resnet50 {}', "mine") == 9


def test_an_imported_file_derives_from_what_ships_too(folder: Path) -> None:
    (folder / "other.resnet").write_text("network mine from seresnet50 { head {} }")
    text = 'import "other.resnet" network further from mine { use act = silu }'
    assert load_text(text).check() == ()
    assert load_text(text).compile("further").facts.output_shape == (7, 7, 2048)


def test_names_of_its_file_stay_there() -> None:
    """What ships is a base and nothing else: its file's blocks are not seen, and may be called like one's own."""
    assert [
        one.code for one in load_text("network a from dla34 {} network b from a { stem { dla_tree } }").check()
    ] == ["E0201"]


@pytest.mark.parametrize(("name", "code"), [("resnet5", "E0215"), ("conv", "E0215"), ("basic", "E0215")])
def test_what_does_not_ship(name: str, code: str) -> None:
    found = load_text(f"network mine from {name} {{}}").check()
    assert [one.code for one in found] == [code]
    assert name != "resnet5" or found[0].help == "did you mean `resnet50`?"


def test_a_file_that_ships_may_lack_its_network_while_it_is_edited() -> None:
    """`resnet18` is looked for in the file that ships it, which is the one that is being checked."""
    path = shipped.find("resnet18")
    assert path is not None
    edited = Source(path, "network resnet118 from seresnet50 {}\nnetwork mine from resnet18 {}", path)
    assert {one.code for one in pipeline.LoadedSpec(edited).check()} == {"E0215"}
    aside = Source("aside.resnet", edited.text.replace("resnet118", "resnet18"))
    assert pipeline.LoadedSpec(aside).check() == ()


def test_a_network_without_a_namesake_that_ships_is_still_a_circle() -> None:
    assert [one.code for one in load_text("network own from own {}").check()] == ["E0216"]


def test_an_import_without_an_ending_brings_what_a_file_that_ships_defines(folder: Path) -> None:
    text = 'import "resnet/imagenet" network mine from resnet18 {}'
    assert count(text, "mine") == 11_689_512
    (folder / "resnet").mkdir()
    (folder / "resnet" / "imagenet").write_text("network resnet18 {}")
    with pytest.raises(Refusal, match=r"does not end in \.resnet"):
        load_text(text).compile("mine")


def test_every_file_that_ships_can_be_imported(folder: Path) -> None:
    for name in shipped.file_names():
        assert not any(one.severity == "error" for one in load_text(f'import "{name}"').check()), name


@pytest.mark.parametrize("written", ["resnet/imagenett", "../specs/resnet/imagenet", "imagenet", "/resnet/imagenet"])
def test_nothing_else_is_found_by_an_import_without_an_ending(folder: Path, written: str) -> None:
    found = load_text(f'import "{written}" let a = 1').check()
    assert [one.code for one in found] == ["E0213"]
    assert written != "resnet/imagenett" or found[0].help == "did you mean `resnet/imagenet`?"


def test_a_file_that_ships_and_the_same_by_its_name_are_one() -> None:
    spec = load(str(Path(resources.specs_folder()) / "resnet" / "imagenet.resnet"))
    assert len(spec.files) == 1
    both = load_text('import "resnet/imagenet" network a from resnet50 {} network b from seresnet18 {}')
    assert both.check() == ()
    assert len(both.files) == len(set(both.files))


def test_the_examples_of_the_readme_compile_in_an_empty_folder(folder: Path) -> None:
    texts = re.findall(r"```resnet\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert texts
    for text in texts:
        (folder / "copied.resnet").write_text(text)
        assert not any(one.severity == "error" for one in load("copied.resnet").check())
        for network in pipeline.load("copied.resnet").networks:
            pipeline.load("copied.resnet").compile(network)
