"""From text to tree: the classes, their fields, documentation, and what is left of a text with mistakes."""

import pytest

from resnet_dsl.source import Source
from resnet_dsl.syntax import tree
from resnet_dsl.syntax.parser import parse


def definitions(text: str) -> tuple[tree.Definition, ...]:
    file, mistakes = parse(Source("t", text))
    assert mistakes == ()
    return file.definitions


def statement(text: str) -> tree.Statement:
    (block,) = definitions(f"block b {{ {text} }}")
    assert isinstance(block, tree.Block)
    (only,) = block.body.statements
    return only


def value(text: str) -> tree.Expression:
    (let,) = definitions(f"let a = {text}")
    assert isinstance(let, tree.Let)
    return let.value


def test_a_network_and_its_parts() -> None:
    (network,) = definitions("network n(classes = 10, k) from m(2) { input 3x4 stage c(stride = 2) { f } head { } }")
    assert isinstance(network, tree.NetworkNode)
    assert (network.name.text, network.span.start, network.doc) == ("n", 0, "")
    assert network.parameters is not None
    assert [(p.name.text, p.default is None) for p in network.parameters.items] == [("classes", False), ("k", True)]
    assert network.base is not None
    assert network.base.arguments is not None
    assert [type(member).__name__ for member in network.members.items] == ["Input", "Stage", "Head"]


@pytest.mark.parametrize(
    ("text", "always", "source", "via", "merge"),
    [
        ("skip", False, None, False, None),
        ("skip always", True, None, False, None),
        ("skip from v", False, "Name", False, None),
        ("skip from in via p -> q", False, "Entry", True, None),
        ("skip from v[0] by mul", False, "Indexed", False, "mul"),
        ("skip via p by add", False, None, True, "add"),
        ("skip always from stem via p by concat", True, "Entry", True, "concat"),
    ],
)
def test_every_form_of_a_skip(text: str, always: bool, source: str | None, via: bool, merge: str | None) -> None:
    skip = statement(text)
    assert isinstance(skip, tree.Skip)
    assert (skip.always is not None, skip.via is not None) == (always, via)
    assert (skip.source and type(skip.source).__name__) == source
    assert (skip.merge and skip.merge.text) == merge


def test_skips_off_and_via() -> None:
    off, via, always = (statement(text) for text in ("skips off", "skips via p", "skips always via p"))
    assert isinstance(off, tree.Skips)
    assert isinstance(via, tree.Skips)
    assert isinstance(always, tree.Skips)
    assert (off.policy and off.policy.kind, off.chain) == ("OFF", None)
    assert (via.policy, via.chain is None) == (None, False)
    assert (always.policy and always.policy.kind, always.chain is None) == ("ALWAYS", False)


def test_operators_in_a_row_are_flat_and_bind_as_usual() -> None:
    total = value("1 + 2 * 3 - -4")
    assert isinstance(total, tree.Sum)
    assert [item.text if isinstance(item, tree.Token) else type(item).__name__ for item in total.items] == [
        "Number", "+", "Product", "-", "Sign",
    ]  # fmt: skip
    assert isinstance(value("not a == b"), tree.Negation)
    assert isinstance(value("a or b and c"), tree.Either)
    assert isinstance(value("(a or b) and c"), tree.Both)


def test_an_else_if_is_a_condition_in_the_otherwise() -> None:
    condition = statement("if a { f } else if b { g } else { h }")
    assert isinstance(condition, tree.Condition)
    assert isinstance(condition.otherwise, tree.Condition)
    assert isinstance(condition.otherwise.otherwise, tree.Body)


def test_documentation_is_the_comment_directly_above() -> None:
    text = "# head\n\n# one\n#two\n#   three\nblock a { }\n\n# lost\n\nslot s = f\n# four\nnetwork n { }  # behind\n"
    docs = [definition.doc for definition in definitions(text)]  # type: ignore[union-attr]
    assert docs == ["one\ntwo\n  three", "", "four"]


def test_definitions_around_a_mistake_are_kept() -> None:
    text = "block a { }\nblock b { -> }\nblock c { }\nnetwork { }\nlet d = 1\n"
    file, mistakes = parse(Source("t", text))
    assert [definition.name.text for definition in file.definitions] == ["a", "c", "d"]  # type: ignore[union-attr]
    places = [mistake.place.span for mistake in mistakes if mistake.place]
    assert [span.source.position(span.start)[0] for span in places] == [2, 4]
