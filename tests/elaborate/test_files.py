"""Files: imports, constants, slots, documentation, several networks, and who sees which name."""

from __future__ import annotations

from pathlib import Path

import pytest

from resnet_dsl import pipeline
from resnet_dsl.diagnostics.refusal import Refusal
from tests.elaborate.compiling import compiled, operations, refused

NETWORK = "network n { input 8x8x4 stage s { b } }"


def written(folder: Path, **files: str) -> Path:
    """Files of a folder, written; the path of the one called main."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".resnet")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "main.resnet"


def codes(path: Path) -> list[str]:
    try:
        return [one.code for one in pipeline.load(str(path)).check()]
    except Refusal as refusal:
        return [one.code for one in refusal.diagnostics]


def test_definitions_stand_in_any_order() -> None:
    text = f"{NETWORK} block b {{ conv(width, 3) act }} let width = 2 * half_width let half_width = 3"
    assert compiled(text).facts.output_shape == (8, 8, 6)


def test_a_file_holds_several_networks() -> None:
    text = "network a { input 8x8x4 stage s { relu } } network b { input 8x8x4 stage s { tanh } }"
    assert list(pipeline.load_text(text).networks) == ["a", "b"]
    assert operations(compiled(text, "b")) == ["tanh"]
    assert refused(text) == ["E0239"]
    assert refused(text, "c") == ["E0240"]


def test_one_network_needs_no_name() -> None:
    assert compiled("network only { input 8x8x4 stage s { relu } }").name == "only"


def test_a_file_without_networks_is_fine_but_holds_nothing_to_compile() -> None:
    assert refused("block b { relu }") == ["E0238"]
    assert pipeline.load_text("block b { relu }").check() == ()


def test_the_comment_above_a_network_is_its_documentation() -> None:
    text = "# A file.\n\n# The first line.\n# The second.\nnetwork n { input 8x8x4 stage s { relu } }"
    assert compiled(text).graph.doc == "The first line.\nThe second."


def test_an_import_brings_blocks_constants_slots_and_networks(tmp_path: Path) -> None:
    main = written(
        tmp_path,
        main='import "other.resnet" network n from base { stage t { b } }',
        other="let width = 5 slot tail = tanh block b { conv(width, 3) tail } "
        "network base { input 8x8x4 stage s { relu } }",
    )
    assert operations(pipeline.load(str(main)).compile()) == ["relu", "conv", "tanh"]
    assert list(pipeline.load(str(main)).networks) == ["n"]


def test_imports_are_relative_to_the_importing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main = written(
        tmp_path,
        main=f'import "parts/one.resnet" {NETWORK}',
        parts__one='import "two.resnet" block b { c }',
        parts__two="block c { tanh }",
    )
    monkeypatch.chdir("/")
    assert operations(pipeline.load(str(main)).compile()) == ["tanh"]


def test_imports_of_imports_are_not_seen(tmp_path: Path) -> None:
    main = written(
        tmp_path,
        main='import "one.resnet" network n { input 8x8x4 stage s { b c } }',
        one='import "two.resnet" block b { c }',
        two="block c { tanh }",
    )
    assert codes(main) == ["E0201"]


def test_a_file_imported_on_two_ways_is_one_file(tmp_path: Path) -> None:
    main = written(
        tmp_path,
        main='import "one.resnet" import "two.resnet" network n { input 8x8x4 stage s { b c } }',
        one='import "two.resnet" block b { c }',
        two="block c { tanh }",
    )
    assert codes(main) == []


def test_a_block_of_ones_own_wins_over_the_preludes_and_leaves_others_alone(tmp_path: Path) -> None:
    main = written(
        tmp_path,
        main='import "one.resnet" block project(channels, stride) { conv(channels, 3, stride = stride) } '
        "network n { input 8x8x4 skips via project stage s { b } }",
        one="block b { conv(6, 3) skip }",
    )
    network = pipeline.load(str(main)).compile()
    assert operations(network) == ["conv", "conv", "add"]


def test_a_cycle_of_imports_is_shown(tmp_path: Path) -> None:
    main = written(tmp_path, main='import "one.resnet"', one='import "main.resnet"')
    (found,) = [one for one in pipeline.load(str(main)).check() if one.severity == "error"]
    assert found.code == "E0212"
    assert "main.resnet -> one.resnet -> main.resnet" in found.message


def test_a_file_that_imports_itself(tmp_path: Path) -> None:
    assert codes(written(tmp_path, main='import "main.resnet"')) == ["E0212"]


@pytest.mark.parametrize("target", ["missing.resnet", ".", "main", "/nowhere/at/all.resnet", ""])
def test_an_import_that_cannot_be_read(tmp_path: Path, target: str) -> None:
    assert codes(written(tmp_path, main=f'import "{target}" network n {{ input 8x8x4 stage s {{ relu }} }}')) == [
        "E0213"
    ]


def test_a_mistake_in_an_imported_file_is_reported_there(tmp_path: Path) -> None:
    main = written(tmp_path, main=f'import "one.resnet" {NETWORK}', one="block b { conv(4, 3 }")
    spec = pipeline.load(str(main))
    found = [one for one in spec.check() if one.severity == "error"]
    assert [Path(one.place.span.source.name).name for one in found if one.place] == ["one.resnet"]


def test_names_that_two_imports_bring_are_refused(tmp_path: Path) -> None:
    main = written(
        tmp_path,
        main=f'import "one.resnet" import "two.resnet" {NETWORK}',
        one="block b { relu }",
        two="block b { tanh }",
    )
    assert codes(main) == ["E0209"]


@pytest.mark.parametrize(
    "text",
    ["block b { relu } block b { tanh }", "let b = 1 block b { relu }", "block conv { relu }", "slot norm = relu"],
)
def test_names_that_are_taken(text: str) -> None:
    assert refused(f"{text} network n {{ input 8x8x4 stage s {{ relu }} }}") == ["E0209"]


def test_an_import_that_is_not_used_is_a_warning(tmp_path: Path) -> None:
    main = written(
        tmp_path, main='import "one.resnet" network n { input 8x8x4 stage s { relu } }', one="block b { tanh }"
    )
    assert codes(main) == ["W0204"]


def test_what_is_defined_and_not_used_is_a_warning() -> None:
    text = "let a = 1 block b(p) { relu let q = 2 } network n(r = 1) { input 8x8x4 stage s { b(1) } }"
    found = pipeline.load_text(text).check()
    assert [one.code for one in found] == ["W0201"] * 4
    assert ["`a`" in found[0].message, "`p`" in found[1].message] == [True, True]


def test_mistakes_are_found_in_blocks_that_nothing_calls() -> None:
    text = "block unused { conv(4, 3) missing } network n { input 8x8x4 stage s { relu } }"
    assert [one.code for one in pipeline.load_text(text).check()] == ["E0201"]


def test_all_independent_mistakes_in_one_run_in_source_order_each_once() -> None:
    text = """block b(width) {
  conv(wdth, 3)
  norn
}
network n {
  input 8x8x4
  stage s { b(4) b(5) conv(0, 3) }
  stage t { skip from nowhere relu }
  expect colour == 3
}"""
    found = pipeline.load_text(text).check()
    lines = [one.place.span.source.position(one.place.span.start)[0] for one in found if one.place]
    assert [one.code for one in found if one.severity == "error"] == ["E0208", "E0201", "E0207", "E0208", "E0402"]
    assert lines == sorted(lines)
