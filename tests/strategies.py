"""Texts of the language by chance: hypothesis strategies.

``texts`` are well formed, derived from the grammar's own rules, laid out at random, with comments in odd places;
``mutated`` texts are others with a few words left out, doubled, exchanged or replaced.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from resnet_dsl import resources
from resnet_dsl.source import Source
from resnet_dsl.syntax import brackets, tables
from resnet_dsl.syntax.words import split

NAMES = (
    "conv",
    "norm",
    "act",
    "basic",
    "bottleneck",
    "width",
    "stride",
    "channels",
    "a",
    "v",
    "n1",
    "global",
    "xx",
    "é",
)
_WORDS: dict[str, Sequence[str]] = {
    "NAME": NAMES,
    "NUMBER": ("0", "1", "3", "64", "25_557_032", "0.1", "1.001e-5", "36.5M", "4.1G"),
    "EXTENT": ("224x224x3", "?x?x3", "7x7", "1x?", "32?x1_6?x3"),
    "UNKNOWN": ("?", "32?"),
    "STRING": ('"other.resnet"', '""', '"# no comment, { no brace"'),
    "COMPARE": ("==", "!=", "<=", ">=", "~=", "<", ">"),
    "SIGN": ("+", "-"),
    "TIMES": ("*", "//", "/", "%"),
}
_GAPS = (
    " ",
    " ",
    " ",
    "",
    "\n",
    "\n",
    "\n\n",
    "\n\n\n",
    "\t",
    " \r\n",
    " # behind\n",
    "#\n",
    "\n# above\n",
    "\n\n  #  a\n\n#b\n",
)
_JOINING = "(){}[],"  # no gap is needed beside these


@cache
def _productions() -> dict[str, list[tuple[list[Any], int]]]:
    """The right sides of each rule of the grammar, each with how deep the least tree below it is."""
    rules = tables.lark_parser(resources.grammar_text()).rules
    heights: dict[str, int] = {}
    while len(heights) < len({rule.origin.name for rule in rules}):
        for rule in rules:
            below = [0 if symbol.is_term else heights.get(symbol.name, -1) for symbol in rule.expansion]
            if -1 not in below:
                height = 1 + max(below, default=0)
                heights[rule.origin.name] = min(height, heights.get(rule.origin.name, height))
    found: dict[str, list[tuple[list[Any], int]]] = {}
    for rule in rules:
        height = max([0 if symbol.is_term else heights[symbol.name] for symbol in rule.expansion], default=0)
        found.setdefault(rule.origin.name, []).append((rule.expansion, height))
    return {name: sorted(options, key=lambda option: (option[1], len(option[0]))) for name, options in found.items()}


@st.composite
def words(draw: st.DrawFn, rule: str = "file", size: int = 60) -> list[str]:
    """The words of something that the rule stands for; from ``size`` words on it is brought to an end."""
    literals = tables.load().literals
    found: list[str] = []
    ahead: list[Any] = [rule]
    last = ""
    while ahead:
        symbol = ahead.pop()
        name = symbol if isinstance(symbol, str) else symbol.name
        if name in _productions():
            options = [expansion for expansion, _ in _productions()[name]]
            least = options[: max(1, len(options) // 3)]
            chosen = least if len(found) + len(ahead) > size else [*least, *options]
            ahead += reversed(draw(st.sampled_from(chosen)))
            continue
        found.append(draw(st.sampled_from(_WORDS[name])) if name in _WORDS else literals[name])
        if name == brackets.GROUP:  # apart from a name in front of it, which it would be the bracket of
            found[-1] = "\n(" if last == "NAME" else " ("
        last = name
    return found


@st.composite
def texts(draw: st.DrawFn, rule: str = "file", size: int = 60) -> str:
    """A text of that rule, at most a few times ``size`` words long."""
    found = draw(words(rule, size))
    gaps = draw(st.lists(st.sampled_from(_GAPS), min_size=1, max_size=40))
    text = draw(st.sampled_from(("", "\n", "# head\n", "\n# head\n\n")))
    for index, word in enumerate(found):
        after = found[index + 1] if index + 1 < len(found) else "}"
        gap = " " if after == "(" else gaps[index % len(gaps)]  # a call's bracket stands on the line of its name
        text += word
        text += gap if gap or word in _JOINING or after in _JOINING else " "
    return text


@st.composite
def mutated(draw: st.DrawFn, originals: Sequence[str]) -> str:
    """One of the texts with one to four of its words changed."""
    text = draw(st.sampled_from(originals))
    others = [word for choice in _WORDS.values() for word in choice]
    others += [*tables.load().literals.values(), ";", ":", "'", '"', "×", "->->", "{", "}", "99999999999", "-1", "0"]
    for _ in range(draw(st.integers(1, 4))):
        found = split(Source("mutated", text), tables.load())
        index = draw(st.integers(0, max(len(found.kinds) - 2, 0)))
        start, end = found.starts[index], found.ends[index]
        put = draw(st.sampled_from(("", text[start:end] * 2, f"{text[start:end]} {text[start:end]}", *others)))
        text = f"{text[:start]}{put}{text[end:]}"
    return text
