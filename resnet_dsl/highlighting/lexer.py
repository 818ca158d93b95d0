"""The lexer of Pygments, for documentation, notebooks and terminals: an entry point of the package."""

from __future__ import annotations

from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text, Whitespace

from resnet_dsl.highlighting.words import Kind, Pattern, patterns

TOKENS: dict[Kind | None, Any] = {
    "comment": Comment.Single,
    "string": String,
    "number": Number,
    "keyword": Keyword,
    "constant": Keyword.Constant,
    "defined": Name.Class,
    "called": Name.Function,
    "argument": Name.Attribute,
    "name": Name,
    "operator": Operator,
    "bracket": Punctuation,
    "separator": Punctuation,
    None: Whitespace,
}
"""What each kind is called in Pygments."""


def _rule(pattern: Pattern) -> tuple[str, Any]:
    tokens = [TOKENS[kind] for kind in pattern.kinds]
    return pattern.expression, tokens[0] if len(tokens) == 1 else bygroups(*tokens)


class ResnetLexer(RegexLexer):  # type: ignore[misc]  # Pygments has no types
    """Texts of the language."""

    name = "resnet-dsl"
    aliases: ClassVar = ["resnet", "resnet-dsl"]
    filenames: ClassVar = ["*.resnet"]
    tokens: ClassVar = {"root": [(r"\s+", Whitespace), *map(_rule, patterns()), (r".", Text)]}
