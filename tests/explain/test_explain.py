"""`explain` knows every name of the language: each list of names is read off what the compiler itself goes by."""

from __future__ import annotations

import re

import pytest

from resnet_dsl import resources, shipped
from resnet_dsl.elaborate.attributes import ATTRIBUTES
from resnet_dsl.elaborate.functions import FUNCTIONS
from resnet_dsl.elaborate.networks import expectations
from resnet_dsl.explain import FAMILIES, explain, known, pages
from resnet_dsl.explain.operations import SAMPLES
from resnet_dsl.ir.operations import OPERATIONS, WORDS
from resnet_dsl.pipeline import load_text
from resnet_dsl.syntax import tables
from tests.cli.calling import call

OF_NO_PRODUCTION = {"after", "progress", "?", "#"}
"""Words that are names to the grammar, and signs that are none of its literals."""
PRELUDE = re.findall(r"^(block|slot) (\w+)", resources.prelude_text(), re.MULTILINE)
PAGES = [(page, name) for page in (pages.WORDS, pages.QUANTITIES) for name in page.names()]
NAMES = [(family, name) for family in FAMILIES[:-1] for name in family.names()]
EXAMPLES = [
    (name, text)
    for page, name in PAGES
    for text in re.findall(r"```resnet\n(.*?)```", page.tell(name).partition("From the reference")[0], re.DOTALL)
]


def literals() -> set[str]:
    """The grammar's keywords and operators, of which a token's expression lists the choices."""
    found = tables.load()
    choices = re.findall(r"\(\?P<(?:POWER|COMPARE|TIMES|ARROW|SIGN|EQUAL)>(.*?)\)(?=\||$)", found.pattern)
    signs = [sign for one in choices for sign in one.removeprefix("(?:").removesuffix(")").split("|")]
    return {*found.keywords, *(sign.replace("\\", "") for sign in signs)}


def test_every_word_and_sign_of_the_grammar_is_explained_and_no_other() -> None:
    assert {*pages.WORDS.names()} == literals() | OF_NO_PRODUCTION
    assert {"stage", "output", "shared", "x", "->", "~=", "**", "//"} <= literals()


def test_every_quantity_is_explained_and_no_other() -> None:
    of_networks = {*expectations.NETWORK_QUANTITIES, *expectations.PART_QUANTITIES}
    of_ends = {*expectations.OUTPUT_QUANTITIES, *expectations.INPUT_QUANTITIES}
    assert {*pages.QUANTITIES.names()} == of_networks | of_ends | {*ATTRIBUTES}


def test_every_name_of_the_language_is_known() -> None:
    names = {name for names in known() for name in names}
    arguments = {one.name for operation in OPERATIONS.values() for one in operation.parameters} - {"shape"}
    assert {*OPERATIONS, *WORDS, *FUNCTIONS, *arguments, *shipped.names()} <= names
    assert {name for _, name in PRELUDE} <= names
    assert "E0302" in names


@pytest.mark.parametrize(("family", "name"), NAMES, ids=[f"{family.title}-{name}" for family, name in NAMES])
def test_every_name_has_a_page_that_speaks_of_it(family: object, name: str) -> None:
    for told in explain(name):
        assert name in told.partition("\n")[0] or name in told.partition("\n\n")[2].partition("\n")[0]
        assert len(told.splitlines()) >= 3


@pytest.mark.parametrize(("name", "text"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_an_example_compiles_and_has_the_word(name: str, text: str) -> None:
    assert [(one.code, one.message) for one in load_text(text).check()] == []
    assert name in text


def test_a_word_is_quoted_from_the_reference() -> None:
    """The rules stand once, in docs/language.md."""
    (told,) = explain("via")
    assert "`via pre -> project` starts\n  the adapter from another value" in told
    assert all("From the reference" in page.tell(name) for page, name in PAGES if name in ("skip", "x", "~=", "?"))


@pytest.mark.parametrize(("kind", "name"), PRELUDE)
def test_of_the_prelude_the_text_is_shown_as_it_stands(kind: str, name: str) -> None:
    start = re.search(rf"^{kind} {name}\b", resources.prelude_text(), re.MULTILINE)
    assert start is not None
    line = resources.prelude_text()[start.start() :].partition("\n")[0]
    assert any(line in told for told in explain(name))


def test_several_meanings_are_all_told() -> None:
    headings = [told.partition("\n")[0] for told in explain("channels")]
    assert len(headings) == 3
    assert [told.partition(":")[2].partition("\n")[0] for told in explain("output")] == [
        " a word of the language",
        " a quantity",
    ]
    assert len(explain("pad")) == 2  # the block of the prelude, and the argument


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("conv(64, 3)", "conv"), ("head.params", "params"), ("in.channels", "channels"), ("conv5.output", "output")],
)
def test_a_call_and_a_quantity_are_asked_for_as_they_are_written(asked: str, meant: str) -> None:
    assert explain(asked) == explain(meant) != []


def test_of_an_operation_shapes_weights_and_layers_are_told() -> None:
    """By hand: 3 * 3 * 64 * 128 weights, and padding on both sides as PyTorch's, which is a layer of its own."""
    (told,) = explain("conv")
    assert "makes 16x16x128, with 73_728 numbers that train" in told
    assert "`kernel` 3x3x64x128" in told
    assert "`ZeroPadding2D`, `Conv2D`" in told


def test_every_sample_shows_its_operation() -> None:
    assert [name for name, sample in SAMPLES.items() if not re.search(rf"\b{name}\b", sample.steps)] == []


def test_a_block_is_told_with_what_it_makes() -> None:
    """By hand: two convolutions of 3 * 3 * 64 * 64 and two norms of 2 * 64."""
    told = "\n".join(explain("basic"))
    assert "Of 32x32x64 `basic(64)` makes 32x32x64, with 73_984 numbers that train." in told
    assert "`basic(64, stride = 2)` makes 16x16x64" in told
    assert "`last_norm`" in told


def test_a_network_is_told_with_its_paper_and_numbers() -> None:
    """torchvision's resnet50 has 25,557,032 parameters."""
    told = "\n".join(explain("resnet50"))
    assert "He, Zhang, Ren & Sun 2015" in told
    assert "25_557_032 numbers that train" in told
    assert "`classes = 1000`" in told
    assert 'import "resnet/imagenet"' in told


def test_the_list_names_every_subject_and_code() -> None:
    listed = call("explain").out
    assert {"skip", "basic", "norm", "causal", "macs", "resnet50", "E0302"} <= {*listed.split()}


def test_several_are_explained_in_one_call() -> None:
    told = call("explain", "stem", "e0302").out
    assert "## `stem`" in told
    assert "E0302:" in told


@pytest.mark.parametrize(
    ("asked", "here"),
    [("Conv2D", "`conv`"), ("nn.Conv2d", "`conv`"), ("padding", "`pad`"), ("xavier", "glorot_uniform"), ("LSTM", "no")],
)
def test_words_of_other_tools_are_told_as_they_are_here(asked: str, here: str) -> None:
    (told,) = explain(asked)
    assert "a word of other tools" in told
    assert here in told


@pytest.mark.parametrize(
    ("wrong", "near"), [("Cnov2D", "Conv2D"), ("skpi", "skip"), ("botleneck", "bottleneck"), ("resnet5O", "resnet50")]
)
def test_near_spellings_are_offered(wrong: str, near: str) -> None:
    ended = call("explain", wrong)
    assert ended.code == 2
    assert f"`{near}`" in ended.err


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped.names())
def test_every_network_that_ships_has_a_page(name: str) -> None:
    (told,) = explain(name)
    assert "numbers that train" in told
