"""The parser's tables: built by Lark from the grammar ahead of time, and read here as data.

Lark takes longer to build them than everything else that a check does, so they are kept beside this module in
``tables.json``; after a change of the grammar ``python -m resnet_dsl.syntax.tables`` writes them anew. Until then, a
grammar whose checksum is another one has its tables built on the spot.
"""

from __future__ import annotations

import json
import os
import zlib
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from resnet_dsl import resources
from resnet_dsl.syntax.brackets import GROUP, tell_brackets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lark import Lark

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tables.json")

# What a reduction does with the values of a rule's symbols.
PASS, COLLECT, BUILD = 0, 1, 2


class Rule(NamedTuple):
    """One production and what becomes of its symbols' values; ``length`` is that of ``symbols``.

    ``does`` is PASS (the value of symbol ``children[0]`` stands for the rule), COLLECT (the children become a list,
    which the rule above takes in) or BUILD (the children become a node of the class ``node``, which several rules may
    make). ``children``: a symbol's index, ``~index`` where the value is a list to be taken in, None for an optional
    child that is not written.
    """

    name: str
    length: int
    does: int
    children: list[int | None]
    symbols: list[str]
    node: str

    def child_symbols(self) -> list[str | None]:
        """The symbols that the children come from."""
        return [None if index is None else self.symbols[max(index, ~index)] for index in self.children]


class Tables(NamedTuple):
    """``actions[state][terminal]`` is the state to go to + 1, or ``~rule``; ``gotos[state][rule name]`` is a state."""

    checksum: int
    start: int
    end: int
    ignored: str  # a regular expression of what stands between words
    pattern: str  # the words, alternatives in the order in which Lark tries them, a named group each
    kept: frozenset[str]  # the words that a rule keeps, by kind
    keywords: dict[str, str]  # words that NAME's expression matches, too
    literals: dict[str, str]  # the text of each terminal that has only one
    rules: list[Rule]
    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]


@cache
def load() -> Tables:
    """The tables of the grammar as it stands now."""
    grammar = resources.grammar_text()
    with open(_FILE, encoding="utf-8") as file:
        tables = decode(file.read())
    return tables if tables.checksum == zlib.crc32(grammar.encode()) else generate(grammar)


def decode(text: str) -> Tables:
    data = json.loads(text)
    data["kept"] = frozenset(data["kept"])
    data["rules"] = [
        Rule(name, len(symbols), does, kept, symbols, node) for name, symbols, does, kept, node in data["rules"]
    ]
    rows = data.pop("rows")
    for name in ("actions", "gotos"):
        data[name] = [rows[number] for number in data[name]]
    return Tables(**data)


def encode(tables: Tables) -> str:
    """As text, every different row of the tables once, a row a line."""
    rows: dict[str, int] = {}
    data: dict[str, Any] = tables._asdict() | {"kept": sorted(tables.kept)}
    data["rules"] = [(rule.name, rule.symbols, rule.does, rule.children, rule.node) for rule in tables.rules]
    for name in ("actions", "gotos"):
        data[name] = [rows.setdefault(_compact(row), len(rows)) for row in data[name]]
    lines = [f"{_compact(name)}:{_compact(value)}" for name, value in data.items()]
    return "{" + ",\n".join(lines) + ',\n"rows":[\n' + ",\n".join(rows) + "\n]}\n"


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def lark_parser(grammar: str, **options: Any) -> Lark:
    """Lark's own parser of the grammar, as the tables are read from it."""
    from lark import Lark

    options = {"maybe_placeholders": True, "postlex": _Brackets(), **options}
    return Lark(grammar, parser="lalr", lexer="basic", start="file", **options)


class _Brackets:
    """Has Lark's lexer tell round brackets apart as ours does."""

    always_accept = ()

    def process(self, stream: Iterator[Any]) -> Iterator[Any]:
        tokens = [*stream]
        kinds = [token.type for token in tokens]
        tell_brackets(kinds, lambda index: bool(tokens[index - 1].line < tokens[index].line))
        for token, kind in zip(tokens, kinds, strict=True):
            token.type = kind
            yield token


def generate(grammar: str) -> Tables:
    """Has Lark build the tables; the same text gives the same tables in every process."""
    lark = lark_parser(grammar)
    table: Any = lark.parser.parser._parse_table
    rules = sorted(lark.rules, key=lambda rule: (rule.origin.name, [symbol.name for symbol in rule.expansion]))
    number_of = {rule: number for number, rule in enumerate(rules)}
    states = _in_order(table)
    rows = [
        {name: _coded(action, states, number_of) for name, action in sorted(table.states[state].items())}
        for state in states
    ]
    terminals = {symbol.name for rule in rules for symbol in rule.expansion if symbol.is_term} | {"$END"}
    ignored, pattern, keywords = _words(lark)
    kept = {rule: _kept(rule) for rule in rules}
    lists = _list_rules(kept)
    return Tables(
        checksum=zlib.crc32(grammar.encode()),
        start=0,
        end=states[table.end_states["file"]],
        ignored=ignored,
        pattern=pattern,
        kept=frozenset(rule.expansion[at].name for rule, taken in kept.items() for at in taken if at is not None),
        keywords=keywords,
        literals=_literals(lark),
        rules=[_rule(rule, taken, lists) for rule, taken in kept.items()],
        actions=[{name: code for name, code in row.items() if name in terminals} for row in rows],
        gotos=[{name: code - 1 for name, code in row.items() if name not in terminals} for row in rows],
    )


def _in_order(table: Any) -> dict[int, int]:
    """New numbers for Lark's states, whose own change from run to run: breadth first, successors by symbol."""
    found = {table.start_states["file"]: 0}
    queue = list(found)
    for state in queue:
        for _, (action, target) in sorted(table.states[state].items()):
            if action.name == "Shift" and target not in found:
                found[target] = len(found)
                queue.append(target)
    return found


def _coded(entry: Any, states: dict[int, int], number_of: dict[Any, int]) -> int:
    action, target = entry
    return states[target] + 1 if action.name == "Shift" else ~number_of[target]


def _words(lark: Lark) -> tuple[str, str, dict[str, str]]:
    """The expressions of what is ignored and of the words, and the keywords among the names."""
    from lark.lexer import BasicLexer

    lexer = lark.parser.lexer.lexer  # behind what tells brackets
    assert isinstance(lexer, BasicLexer)
    words = lexer.scanner.terminals
    patterns = {terminal.name: terminal.pattern.to_regexp() for terminal in words}
    kept = [f"(?P<{name}>{pattern})" for name, pattern in patterns.items() if name not in lexer.ignore_types]
    keywords = {
        terminal.pattern.value: terminal.name for terminal in sorted(lark.terminals, key=str) if terminal not in words
    }
    return "|".join(patterns[name] for name in sorted(lexer.ignore_types)), "|".join(kept), keywords


def _literals(lark: Lark) -> dict[str, str]:
    found = {one.name: one.pattern.value for one in sorted(lark.terminals, key=str) if one.pattern.type == "str"}
    return {**found, GROUP: found["LPAR"]}


def _kept(rule: Any) -> list[int | None]:
    """The symbols whose values are kept, with None for each optional child that this form of the rule leaves out."""
    missing = "".join("1" if empty else "0" for empty in rule.options.empty_indices) or "0" * len(rule.expansion)
    children: list[int | None] = []
    symbols = enumerate(rule.expansion)
    for is_missing in missing:
        if is_missing == "1":
            children.append(None)
            continue
        index, symbol = next(symbols)
        if rule.options.keep_all_tokens or not (symbol.is_term and symbol.filter_out):
            children.append(index)
    return children


def _list_rules(kept: dict[Any, list[int | None]]) -> set[str]:
    """The rules with a leading underscore that may stand for another number of values than one."""
    grouping = [rule for rule in kept if rule.origin.name.startswith("_")]
    lists: set[str] = set()
    while found := {rule.origin.name for rule in grouping if _is_list(rule, kept[rule], lists)} - lists:
        lists |= found
    return lists


def _is_list(rule: Any, kept: list[int | None], lists: set[str]) -> bool:
    return len(kept) != 1 or kept[0] is None or rule.expansion[kept[0]].name in lists


def _rule(rule: Any, kept: list[int | None], lists: set[str]) -> Rule:
    name = rule.origin.name
    symbols = [symbol.name for symbol in rule.expansion]
    children = [~index if index is not None and symbols[index] in lists else index for index in kept]
    does = BUILD
    if name in lists:
        does = COLLECT
    elif name.startswith("_") or (rule.options.expand1 and len(children) == 1):
        does = PASS
    return Rule(name, len(symbols), does, children, symbols, rule.alias or rule.options.template_source or name)


if __name__ == "__main__":
    with open(_FILE, "w", encoding="utf-8", newline="\n") as file:
        file.write(encode(generate(resources.grammar_text())))
