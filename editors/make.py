"""Writes what editors colour texts by, from the one list in resnet_dsl/highlighting/words.py.

Run as ``python editors/make.py``.

A test fails where a file here is not what this writes.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from resnet_dsl.highlighting.words import LETTER, WORD, Kind, Pattern, called, keywords, patterns

HERE = Path(__file__).resolve().parent

SCOPES: dict[Kind, str] = {
    "comment": "comment.line.number-sign",
    "string": "string.quoted.double",
    "number": "constant.numeric",
    "keyword": "keyword.control",
    "constant": "constant.language",
    "defined": "entity.name.type",
    "called": "support.function",
    "argument": "variable.parameter",
    "name": "variable.other",
    "operator": "keyword.operator",
    "bracket": "punctuation.section.brackets",
    "separator": "punctuation.separator",
}
"""What TextMate's themes call each kind (https://macromates.com/manual/en/language_grammars, section 12.4)."""


def textmate() -> str:
    """The grammar that VS Code, PyCharm, Sublime Text and GitHub read."""
    rules = [_textmate_rule(pattern) for pattern in patterns()]
    grammar = {"name": "resnet-dsl", "scopeName": "source.resnet", "fileTypes": ["resnet"], "patterns": rules}
    return json.dumps(grammar, indent=2, ensure_ascii=False) + "\n"


def _textmate_rule(pattern: Pattern) -> dict[str, object]:
    names = [{"name": f"{SCOPES[kind]}.resnet"} if kind else {} for kind in pattern.kinds]
    if len(names) == 1:
        return {**names[0], "match": pattern.expression}
    captures = {str(group): name for group, name in enumerate(names, 1) if name}
    return {"match": pattern.expression, "captures": captures}


def javascript() -> str:
    """The patterns for the tokenizer of the Lezer grammar, whose classes are written out for Unicode."""
    rows = [[_unicode(pattern.expression), list(pattern.kinds)] for pattern in patterns()]
    lines = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows)
    return f"// Written by editors/make.py.\nexport const patterns = [\n{lines},\n];\n"


def _unicode(expression: str) -> str:
    return expression.replace(LETTER, r"[\p{L}_]").replace(WORD, r"[\p{L}\p{N}_]")


def vim() -> str:
    """The syntax file of Vim and Neovim."""
    known = "|".join(called())
    words = " ".join(word for word in keywords() if word != "contains")
    return f"""\
" Texts of resnet-dsl. Written by editors/make.py.
if exists("b:current_syntax")
  finish
endif
syn iskeyword @,48-57,_,192-255
syn match resnetName /\\v<[[:alpha:]_]\\k*>/
syn match resnetArgument /\\v<[[:alpha:]_]\\k*>\\ze[ \\t]*\\=(\\=)@!/
syn match resnetCalled /\\v<({known})>\\ze[ \\t]*(\\(|-\\>)/
syn match resnetCalled /\\v(-\\> ?)@3<=<({known})>/
syn keyword resnetKeyword {words}
syn match resnetMember /\\v\\.@1<=<[[:alpha:]_]\\k*>/
syn keyword resnetConstant true false
syn match resnetDefined /\\v(<(network|block|slot|stage|let)>[ \\t]+)@100<=<[[:alpha:]_]\\k*>/
syn match resnetOperator /\\v-\\>|\\*\\*|\\/\\/|[=!~<>]\\=|[-+*\\/%<>=]/
syn match resnetNumber /\\v<\\d[0-9_]*(\\.\\d[0-9_]*)?([eE][+-]?\\d+)?[KMGT]?>/
syn match resnetNumber /\\v(\\d[0-9_]*)?\\?/
syn match resnetNumber /\\v<(\\d[0-9_]*\\??|\\?)(x(\\d[0-9_]*\\??|\\?))+/
syn region resnetString start=/"/ end=/"/ oneline
syn match resnetComment /#.*/ contains=@Spell
hi def link resnetComment Comment
hi def link resnetString String
hi def link resnetNumber Number
hi def link resnetKeyword Keyword
hi def link resnetConstant Boolean
hi def link resnetDefined Type
hi def link resnetCalled Function
hi def link resnetArgument Identifier
hi def link resnetOperator Operator
let b:current_syntax = "resnet"
"""


def emacs() -> str:
    """The words of the major mode of Emacs."""
    names = [f"(defconst resnet-{name}\n  '({_lisp(words)}))" for name, words in _WORDS_OF_EMACS]
    head = ";;; resnet-words.el --- words of resnet-dsl; written by editors/make.py  -*- lexical-binding: t -*-"
    return "\n".join([head, *names, "(provide 'resnet-words)", ";;; resnet-words.el ends here", ""])


_WORDS_OF_EMACS = (("keywords", keywords()), ("called", called()))


def _lisp(words: tuple[str, ...]) -> str:
    return re.sub(r"(.{1,90})(?: |$)", r"\n    \1", " ".join(f'"{word}"' for word in words)).strip()


WRITTEN = {
    "vscode/syntaxes/resnet.tmLanguage.json": textmate,
    "lezer/src/patterns.js": javascript,
    "vim/syntax/resnet.vim": vim,
    "emacs/resnet-words.el": emacs,
}

if __name__ == "__main__":
    for path, make in WRITTEN.items():
        (HERE / path).write_text(make(), encoding="utf-8")
