"""The blocks and slots of the prelude: what they are called with, what they do, and their own text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from resnet_dsl.elaborate.modules import Module
from resnet_dsl.explain import pages
from resnet_dsl.explain.sample import Sample, sentence
from resnet_dsl.pipeline import load_text
from resnet_dsl.sentences import listed
from resnet_dsl.syntax import tree

_NEEDED = {"stride": 2}
_WIDTH = 64
"""What parameters without a default are given in an example."""


@cache
def _module() -> Module:
    return load_text("").prelude


def blocks() -> list[str]:
    return _module().names(tree.Block)


def parameters() -> Iterator[tuple[str, tree.ParameterNode]]:
    """Those of all blocks, each with its block's name."""
    for name in blocks():
        for one in tree.parameters(_module().own[name].tree):
            yield name, one


def slots() -> list[str]:
    return _module().names(tree.Slot)


def tell_block(name: str) -> str:
    """Signature, words, an example with its shapes, the slots in it, and the text."""
    block = _module().own[name].tree
    assert isinstance(block, tree.Block)
    inside = [slot for slot in slots() if slot in _called(block)]
    filled = [f"Settings fill its slots {listed(inside)} (`use {inside[0]} = …`)."] if inside else []
    lines = [f"## `{signature(block)}`: a block of the prelude", "", block.doc, "", *_examples(block), *filled]
    return "\n".join([*lines, "", "```resnet", block.span.text, "```"])


def signature(block: tree.Block | tree.NetworkNode) -> str:
    """How it is called: ``basic(width, stride = 1)``."""
    parameters = [" ".join(one.span.text.split()) for one in tree.parameters(block)]
    return f"{block.name.text}({', '.join(parameters)})" if parameters else block.name.text


def _examples(block: tree.Block) -> Iterator[str]:
    """One call, and one with a stride where that is a choice."""
    given = [str(_NEEDED.get(one.name.text, _WIDTH)) for one in tree.parameters(block) if one.default is None]
    yield sentence(Sample(_call(block, given)))
    if any(one.name.text == "stride" and one.default is not None for one in tree.parameters(block)):
        yield sentence(Sample(_call(block, [*given, "stride = 2"])))


def _call(block: tree.Block, given: list[str]) -> str:
    return f"{block.name.text}({', '.join(given)})" if given else block.name.text


def _called(node: tree.SyntaxNode) -> set[str]:
    steps = (one for one in tree.walk(node) if isinstance(one, tree.Step))
    return {step.callee.text for step in steps if step.callee is not None}


def tell_slot(name: str) -> str:
    """What it is for, what stands in it, which blocks have it, and how it is filled."""
    slot = _module().own[name].tree
    assert isinstance(slot, tree.Slot)
    inside = [block for block in blocks() if name in _called(_module().own[block].tree)]
    where = f" in {listed(inside)} and wherever a file's own blocks call it" if inside else ""
    lines = [f"## `{name}`: a slot of the prelude", "", slot.doc, ""]
    lines += [f"`{slot.span.text}`: it stands{where}. `use {name} = …` fills it with other steps."]
    return "\n".join([*lines, *pages.quoted("8. Settings", name)])
