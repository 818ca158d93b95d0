"""The words of the language by what they are coloured as, and the patterns that find them, in order."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple, TypeAlias

from resnet_dsl import resources
from resnet_dsl.elaborate.functions import FUNCTIONS
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.syntax.tables import load

Kind: TypeAlias = Literal[
    "comment",
    "string",
    "number",
    "keyword",
    "constant",
    "defined",
    "called",
    "argument",
    "name",
    "operator",
    "bracket",
    "separator",
]
"""defined: a name where it is given; called: an operation, function, block or slot of the prelude in a chain or a call;
argument: a name in front of ``=``."""

LETTER, WORD = r"[^\W\d]", r"\w"
"""A letter (or ``_``), and what a name goes on with: in Unicode. Patterns have no other classes of letters and no
``\\b``, so that they can be written for engines whose classes are of ASCII alone."""

_NAME = rf"{LETTER}{WORD}*"
_START, _END = rf"(?<!{WORD})", rf"(?!{WORD})"
_NAMING = ("network", "block", "slot", "stage", "let")
_CONSTANTS = ("true", "false")
_OPERATORS = r"->|\*\*|//|==|!=|<=|>=|~=|[-+*/%<>=]"


class Pattern(NamedTuple):
    """A regular expression and what its match is; where it has groups, what each of them is, one behind the other."""

    expression: str
    kinds: tuple[Kind | None, ...]


@cache
def keywords() -> tuple[str, ...]:
    """Words that the language keeps, and those that it keeps in their place."""
    return tuple(sorted({*load().keywords} - {*_CONSTANTS}))


@cache
def called() -> tuple[str, ...]:
    """Operations, functions, and the blocks and slots of the prelude."""
    defined = re.findall(rf"^(?:block|slot)\s+({_NAME})", resources.prelude_text(), re.MULTILINE)
    return tuple(sorted({*OPERATIONS, *FUNCTIONS, *defined} - {"input"}))


@cache
def patterns() -> tuple[Pattern, ...]:
    """Of two that match at one place the first counts. None reaches over the end of a line."""
    behind_an_arrow = r"(?:(?<=->)|(?<=-> ))"
    in_front = r"(?=[ \t]*(?:\(|->))"
    known = rf"{_START}(?:{_either(called())}){_END}"
    return (
        Pattern(r"#[^\n]*", ("comment",)),
        Pattern(r'"[^"\n]*"', ("string",)),
        Pattern(_number(), ("number",)),
        Pattern(rf"{_START}({_either(_NAMING)})([ \t]+)({_NAME})", ("keyword", None, "defined")),
        Pattern(rf"{known}{in_front}|{behind_an_arrow}{known}", ("called",)),
        Pattern(rf"{_START}{_NAME}(?=[ \t]*=(?!=))", ("argument",)),
        Pattern(rf"{_START}(?:{_either(_CONSTANTS)}){_END}", ("constant",)),
        Pattern(rf"(?<!\.){_START}(?:{_either(keywords())}){_END}", ("keyword",)),
        Pattern(rf"{_START}{_NAME}", ("name",)),
        Pattern(_OPERATORS, ("operator",)),
        Pattern(r"[{}()\[\]]", ("bracket",)),
        Pattern(r"[,.]", ("separator",)),
    )


def _either(words: tuple[str, ...]) -> str:
    return "|".join(words)


def _number() -> str:
    """What the grammar says of numbers, open lengths and sizes."""
    found = (re.search(rf"\(\?P<{kind}>(.*?)\)\|\(\?P<", load().pattern) for kind in ("EXTENT", "UNKNOWN", "NUMBER"))
    return "|".join(f"(?:{re.sub(r'[(](?![?])', '(?:', match[1])})" for match in found if match)
