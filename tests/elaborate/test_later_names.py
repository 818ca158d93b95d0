"""Names of operations that came after the first version: what a file itself calls so stands in their place."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from resnet_dsl import pipeline
from resnet_dsl.ir.operation import Later, Reserved
from resnet_dsl.ir.operations import OPERATIONS, WORDS
from tests.elaborate.compiling import argument, compiled, operations, refused

FILES = {
    "a block": "block NAME(n) { conv(n, 5) -> tanh } network n { input 8x8x4 stage s { NAME(6) } }",
    "a block without brackets": "block NAME { conv(6, 5) -> tanh } network n { input 8x8x4 stage s { relu -> NAME } }",
    "a block of values": "block NAME(a, b) { concat(a, b) -> tanh } "
    "network n { input 8x8x4 stage s { a = relu b = in -> sigmoid NAME(a, b) } }",
    "a block of an expression": "block NAME(n) { conv(n, 5) -> tanh } "
    "network n(w = 3) { input 8x8x4 stage s { NAME(2 * w) } }",
    "a block under a default": "block NAME(n, k = 3) { conv(n, k) -> tanh } "
    "network n { input 8x8x4 default NAME(k = 5) stage s { NAME(6) } }",
    "a slot": "slot NAME = relu network n { input 8x8x4 use NAME = tanh stage s { NAME } }",
    "what fills a slot": "block NAME { tanh } network n { input 8x8x4 use act = NAME stage s { act } }",
    "a value": "network n { input 8x8x4 stage s { NAME = conv(6, 5) NAME -> tanh } }",
    "a value in a merge": "network n { input 8x8x4 stage s { NAME = conv(4, 5) -> tanh add(NAME, in) } }",
    "a value that a skip starts from": "network n { input 8x8x4 stage s { NAME = conv(4, 5) tanh skip from NAME } }",
    "values of a family": "network n { input 8x8x4 stage s { NAME[0] = tanh NAME[1] = in -> relu concat(NAME) } }",
    "the channels of a value": "network n { input 8x8x4 stage s { NAME = conv(6, 5) conv(NAME.channels, 3) -> tanh } }",
    "a stage": "network n { input 8x8x4 stage NAME { tanh } stage t { relu skip from NAME } }",
    "a parameter": "network n(NAME = 6) { input 8x8x4 stage s { conv(NAME, 5) -> tanh } }",
    "a parameter of a block": "block b(NAME) { conv(NAME, 5) -> tanh } network n { input 8x8x4 stage s { b(6) } }",
    "a let": "let NAME = 6 network n { input 8x8x4 stage s { conv(NAME, 5) -> tanh } }",
    "a network": "network NAME { input 8x8x4 stage s { conv(6, 5) -> tanh } }",
    "a network that another one derives from": "network NAME { input 8x8x4 stage s { tanh } } network n from NAME {}",
    "an index": "network n { input 8x8x4 stage s { repeat 2 as NAME { conv(6 + NAME, 5) } tanh } }",
    "a label": 'network n { input 8x8x4 stage s { tanh as "NAME" } }',
}
"""Each compiles under a name that no operation has, and means the same under the name of a later one."""

EVERY = pytest.mark.parametrize("name", get_args(Later))


def without_names(text: str, name: str) -> str:
    return text.replace(name, "NAME")


@EVERY
@pytest.mark.parametrize("what", FILES)
def test_what_a_file_calls_so_means_what_it_meant(what: str, name: str) -> None:
    found = []
    for called in ("mine", name):
        spec = pipeline.load_text(FILES[what].replace("NAME", called))
        assert spec.check() == ()
        found += [without_names(repr(spec.compile(one).graph), called) for one in spec.networks]
    assert found[: len(found) // 2] == found[len(found) // 2 :]


@EVERY
def test_the_operation_is_there_where_the_file_has_no_step_of_its_name(name: str) -> None:
    """A network, a `let` and a parameter are no steps; a value is one where a chain starts from it."""
    for text in ("let NAME = 3 network n { INPUT stage s { CALL } }", "network NAME { INPUT stage s { CALL } }"):
        spec = text.replace("NAME", name).replace("INPUT", "input 8x8x4").replace("CALL", CALLS[name])
        assert name in operations(compiled(spec))
    if not OPERATIONS[name].many:
        call = CALLS[name] if "(" in CALLS[name] else f"{name}()"
        value = f"network n {{ input 8x8x4 stage s {{ {name} = relu y = in -> {call} add(y, y) }} }}"
        assert operations(compiled(value)) == [name, "add"]


CALLS = {"sub": "a = relu sub(a, in)", "zero_pad": "zero_pad(1)", "crop": "crop(1)", "normalize": "normalize(0.5, 2)"}
CALLS |= {"resize": "resize(4)"}
CALLS = {name: CALLS.get(name, name) for name in get_args(Later)}


@EVERY
def test_each_file_has_its_own_meaning_of_the_name(name: str, tmp_path: Path) -> None:
    """A default is for what the name means where it is written."""
    call = CALLS[name]
    (tmp_path / "other.resnet").write_text(f"block theirs {{ {call} }}", encoding="utf-8")
    main = tmp_path / "main.resnet"
    main.write_text(
        f'import "other.resnet"\nblock {name}(k) {{ conv(4, k) }}\n'
        f"network n {{ input 8x8x4 default {name}(k = 5) stage s {{ theirs {name} }} }}",
        encoding="utf-8",
    )
    spec = pipeline.load(str(main))
    assert spec.check() == ()
    network = spec.compile()
    assert [one for one in operations(network) if one in (name, "conv")] == [name, "conv"]
    assert argument(network, "s_block2_conv", "kernel") == (5, 5)


@EVERY
def test_a_block_of_such_a_name_that_calls_itself_is_told(name: str) -> None:
    assert "E0211" in refused(f"block {name} {{ {name} }} network n {{ input 8x8x4 stage s {{ {name} }} }}")


def test_operations_of_the_first_version_keep_their_names() -> None:
    assert len(get_args(Reserved)) == 46
    for name in OPERATIONS.keys() & {*get_args(Reserved)} - {"input"}:
        assert refused(f"block {name} {{ tanh }} network n {{ input 8x8x4 stage s {{ tanh }} }}") == ["E0209"]
    assert refused("network n { input 8x8x4 stage s { relu = tanh relu } }") == ["E0210"]


@pytest.mark.parametrize("word", sorted(WORDS))
def test_words_of_arguments_are_free_for_constants(word: str) -> None:
    text = "let NAME = 3 network n { input 8x8x4 stage s { conv(NAME, NAME) } }".replace("NAME", word)
    assert argument(compiled(text), "s_conv", "kernel") == (3, 3)
