"""Texts of any size: what the grammar lets stand many times, inside itself, or long, as a family over its size.

A family is a frame with a hole, and units that stand in the hole one after another, numbered. Where a unit holds
``{i}`` each is about another name; ``{j}`` is the number before, so that units can build on each other.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from resnet_dsl import resources
from resnet_dsl.syntax import tables

LARGEST = 900_000
"""Bytes of the largest member of a family."""


class Family(NamedTuple):
    """``size`` is the number of units in the smallest member that is measured.

    A unit that holds ``{inside}`` is put inside itself; ``separator`` is then what stands inside of all.
    """

    frame: str
    unit: str
    separator: str
    size: int
    order: str = "forward"

    def text(self, times: int) -> str:
        """The member with so many times the units of the smallest."""
        count = self.size * times
        if "{inside}" in self.unit:
            before, _, behind = self.unit.partition("{inside}")
            whole = _numbered(before, range(count)) + self._inner + _numbered(behind, range(count - 1, -1, -1))
            return self.frame.replace("{hole}", whole)
        numbers = range(count) if self.order == "forward" else range(count - 1, -1, -1)
        return self.frame.replace("{hole}", self.separator.join(_units(self.unit, numbers)))

    @property
    def _inner(self) -> str:
        return self.separator or "relu"


def _numbered(unit: str, numbers: range) -> str:
    return "".join(_units(unit, numbers))


def _units(unit: str, numbers: range) -> list[str]:
    if "{i}" not in unit and "{j}" not in unit:
        return [unit] * len(numbers)
    return [unit.replace("{i}", str(number)).replace("{j}", str(max(number - 1, 0))) for number in numbers]


def _net(members: str) -> str:
    return f"network net {{ input 32x32x3 {members} }}\n"


def _stage(steps: str) -> str:
    return _net(f"stage first {{ {steps} }}")


_BLOCK = "block b(p = 1) { {hole} relu }\n"

FRAMES: dict[str, tuple[str, ...]] = {
    "_definition": (
        "{hole}\n" + _stage("relu"),
        _stage("relu") + "{hole}\n",
        "let a0 = 1\nslot s0 = relu\nblock b0 { relu }\n{hole}\n" + _stage("b0"),
    ),
    "_member": (
        "block b0 { relu }\n" + _net("stem { relu } {hole}"),
        _net("{hole} stem { relu }"),
        _net("stem { relu } {hole}").replace("net", "base") + "network n from base {}\n" * 100,
        "network base { input 32x32x3 stem { relu } }\nnetwork n from base { {hole} }\n",
    ),
    "_statement": (
        _stage("{hole} relu"),
        _stage("a0 = relu {hole} relu"),
        _BLOCK + _stage("3 x b"),
        _BLOCK + _stage("repeat 500 { b }"),
        _stage("repeat 100 as k { {hole} relu }"),
        _stage("if false { {hole} } else { relu }"),
        _net("head { {hole} relu }"),
        "block b { skips off {hole} relu }\n" + _stage("2 x b"),
    ),
    "_step": (
        _stage("{hole}"),
        "slot s = {hole}\n" + _stage("20 x s"),
        _stage("use act = {hole} 10 x act"),
        _stage("relu skip via {hole} relu"),
        _stage("a = {hole} add(a, in)"),
    ),
    "_term": (
        "let a = {hole}\n" + _stage("conv(a, 1)"),
        _stage("repeat 1000 as i { let a = {hole} relu }"),
        _stage("if {hole} == 1 { relu } else { act }"),
        _stage("conv({hole}, 3)"),
        _net("stem { relu } expect params == {hole}"),
        "block b(p = {hole}) { conv(p, 1) }\n" + _stage("1000 x b"),
        _net("let a = {hole} stem { default conv(bias = {hole}) 100 x conv(4, 1) }"),
        "network base(p = {hole}) { input 32x32x3 stem { relu } }\nnetwork n from base(p = {hole}) { }\n",
    ),
    "_argument": (
        _stage("conv({hole})"),
        _stage("a0 = relu a1 = relu add({hole})"),
        "let a = [{hole}]\n" + _stage("conv(len(a), 1)"),
        "let a = max({hole})\n" + _stage("conv(a, 1)"),
        "block b({hole}) { relu }\n" + _stage("100 x b"),
        "block b(a0 = 1, a1 = 2) { relu }\n" + _stage("100 x b({hole})"),
        "network base({hole}) { input 32x32x3 stem { relu } }\n" + "network n from base {}\n" * 3,
        _stage("default conv({hole}) conv(4, 1)"),
    ),
    "_letters": (
        "# {hole}\n" + _stage("relu"),
        'import "{hole}"\n' + _stage("relu"),
        "let {hole} = 1\n" + _stage("{hole} {hole}"),
        _stage('relu as "{hole}"'),
        _stage("conv({hole}, 3)"),
        _stage("{hole}"),
        _stage("relu {hole} §"),
        "{hole}",
        "let a = {hole}\n",
        'let a = "{hole}\n',
    ),
    "_inside": (
        _stage("{hole}"),
        "let a = {hole}\n" + _stage("conv(a, 1)"),
        _stage("conv({hole}, 1)"),
        _stage("repeat 1000 { conv({hole}, 1) }"),
        _BLOCK + _stage("100 x b"),
    ),
}  # fmt: skip
"""Where units of each kind can stand."""

UNITS: dict[str, tuple[str, ...]] = {
    "_definition": (
        "let a{i} = 1\n", "let a{i} = a{j} + 1\n", "let a{i} = [a{j}]\n", "let a = 1\n", 'import "a{i}.resnet"\n',
        "slot s{i} = relu\n", "slot s{i} = s{j}\n", "block b{i} { relu }\n", "block b{i} { b{j} } ",
        "block b{i} { b{j} b{j} }\n",
        "block b{i}(a = 1) { conv(a, 1) skip }\n", "# about it\nlet a{i} = 1\n", "let a{i} = 1 ",
        "block c{i} { c{i} }\n",
        "network n{i} { input 8x8x3 stem { relu } }\n", "network n{i} from net {}\n", "network n{i} from n{j} {}\n",
        "network n{i} from net { stage s{i} { relu } } ", "network n from n {}\n", "let progress{i} = x\n",
        "network n{i} { input 8x8x3 stem { use drop = drop_path(progress) 2 x basic(4) } }\n", "let ä{i} = 1\n",
        "network n{i} { input 8x8x3 use act = silu skips off stem { 20 x basic(3) } expect params == 1 }\n",
    ),
    "_member": (
        "stage s{i} { relu } ", "stage s { relu } ", "stage s{i}(stride = 1) { conv(3, 3) skip from s{j} } ",
        "let a{i} = 1 ",
        "stage s{i} { skip from s{j} } ", "stage s{i} { s{j} -> relu } ", "stage s{i} { } ", "let a{i} = a{j} ",
        "expect params == 0 ", "expect s{i}.params == 0 ", "expect depth == {i} ", "expect unknown{i} == 1 ",
        "expect receptive_field == 1 ", "use act = relu ", "use s{i} = relu ", "default conv(bias = true) ",
        "skips off ", "stem { relu } ", "head { relu } ", "input 8x8x3 ", "stage s{i} { basic(4) } ",
        "stage s{i} { repeat 3 { basic(4) } } ", "stage s{i} { add(s{j}, s{j}) } ", "stage s{i} { stem -> relu } ",
        "stage s{i} { use act = silu basic(4) } ", "stage s{i} { a = relu } ", "stage conv { relu } ",
    ),
    "_statement": (
        "relu ", "conv(4, 1) ", "a{i} = relu ", "a{i} = a{j} -> relu ", "a[{i}] = relu ", "a = relu ",
        "a[{i}] = a[{j}] ",
        "skip from a{j} a{i} = relu ", "skip ", "skip from in ", "skip always via project from in ",
        "let b{i} = {i} ",
        "let c = 1 ", "if true { relu } ", "if false { relu } else { relu } ", "repeat 2 { relu } ",
        "repeat 0 { relu } ",
        "repeat 1000 { } ", "3 x relu ", "basic(4) ", "bottleneck(1) ", "use act = relu ", "use act = silu basic(3) ",
        "default conv(bias = true) ", "skips via pad ", "unknown{i} ", "conv(unknown{i}, 1) ", 'relu as "l{i}" ',
        'relu as "relu_{i}" ', "identity ", "in -> relu ", "add(a{j}, in) a{i} = relu ", "concat(a) ",
        "a[{i}] = relu concat(a) ",
        "conv(4, 3, stride = 1, pad = same, bias = true) ", "maxpool(3, stride = 1) ", "conv(in.channels, 1) ",
        "add(in, in) ", "relu skip ", "se(4) ", "norm ", "norm(gamma = zeros) ", "dropout(0.1) ", "scale(0.5) ",
        "repeat 3 as i { conv(i + 1, 1) } ", "relu\n", "conv(4, 1) -> norm -> act\n",
        "repeat 2 { repeat 2 { relu } } ",
        "relu(1) ", "conv(9) ", "conv() ", "conv(a{i} = 1) ", "drop_path(0.1 * progress) ", "1 x b ",
        "100_000 x identity ",
    ),
    "_step": ("relu", "conv(4, 1)", "identity", "basic(3)", "2 x relu", "unknown{i}", 'relu as "l{i}"', "norm",
        "act", "se(2)"),
    "_term": (
        "1", "a", "0.5", "[1]", "[]", "max(1)", "min(1, 2)", "len([1])", "in.channels", "(1)", "not true", "true",
        "unknown{i}", "1x1", "?", "?x?", "true and true", "round(0.5)", "-1", "9e18", "progress", "in.shape",
        '"text"',
        "[1, 2, 3, 4, 5, 6, 7, 8]", "1 == 1", "a[0]", "99999999", "k",
    ),
    "_argument": (
        "1", "a{i}", "a{i} = 1", "a{i} = a{j}", "a{i}", "p = 1", "[1]", "a", "in", "1x1", "stride = 1",
        "a{i} = [a{j}]",
        "a0", "a1", "unknown{i} = 1", "8 + 8", "same",
    ),
    "_letters": (
        "a", "1", "?x", "1x", "x", "_", " ", "\t", "\n", "\r\n", '"', "'", "#", "#\n", "漢", "é", "́", ".", "1.", "1e",
        "-", "->", "=", "==", "{", "}", "(", ")", "[", "]", "§", "\\", ",", ";", ":", "1K", "?", "x?", "1_x?",
        "?x1", "👩‍👩‍👧",
        " # a\n", "a ", "a.", "{}", "()", "[],", "->->", "a{i} ", "}{", "if ", "skip ", "stage ", "network ",
        "let a = ",
        "block b {", "else ", "not ", "//", "/* ", "0", "9", "1+", "a=", "relu->", "x 3 ", "3 x ", "[1,", "conv(",
    ),
    "_inside": (
        "if true { {inside} } ", "repeat 1 { {inside} } ", "if false { relu } else { {inside} } ",
        "add({inside}, in) ",
        "({inside})", "[{inside}]", "max({inside})", "-({inside})", "not ({inside})", "1 + ({inside})",
        "({inside}) x 1",
        "min(1, max({inside}, 2))", "repeat 2 { {inside} }", "if true { use act = silu {inside} act }", "a[{inside}]",
        "repeat 1 { use act = silu relu {inside} }", "repeat 1 { a{i} = relu {inside} skip from a{i} }",
        "conv({inside}, 1)",
        "if true { relu } else if {inside} { relu }", "repeat 1 as k{i} { let c{i} = k{i} {inside} }", "{ {inside} }",
    ),
}  # fmt: skip
"""What stands there. Those of the grammar's own productions come to them, drawn by chance."""

SEPARATORS: dict[str, tuple[str, ...]] = {
    "_definition": ("", "\n\n"),
    "_member": ("", "\n"),
    "_statement": ("", "\n"),
    "_step": (" -> ", "\n-> "),
    "_term": (" + ", " - ", " * ", " // ", ", ", " and ", " or ", " == ", " x ", "+"),
    "_argument": (", ", ",\n"),
    "_letters": ("",),
    "_inside": ("relu", "1", "unknown", "relu " * 1_000, "k"),
}
"""What stands between them; inside of all, for units that nest."""


def family(chance: Random) -> Family:
    """One family, with a frame, one to three units together, and a size by chance."""
    kind = chance.choice([*FRAMES, "_statement", "_member", "_definition", "_argument"])
    frame = chance.choice(FRAMES[kind])
    units = [_unit(kind, chance) for _ in range(1 if kind == "_inside" else chance.choice((1, 1, 1, 2, 3)))]
    separator = chance.choice(SEPARATORS[kind])
    unit = separator.join(units)
    return Family(frame, unit, separator, _size(frame, unit, separator, chance), chance.choice(("forward", "backward")))


def _unit(kind: str, chance: Random) -> str:
    if kind.startswith(("_letters", "_inside", "_step", "_term")) or chance.random() < 0.8:
        return chance.choice(UNITS[kind])
    return " ".join(_words(kind, chance)) + " "


def _size(frame: str, unit: str, separator: str, chance: Random) -> int:
    """So many that the largest member, which has four times as many units, has at most LARGEST bytes, often less."""
    if "{inside}" in unit:
        return chance.choice((10, 20, 40, 1_000))
    length = (len(unit) + 4 * unit.count("{i}") + 4 * unit.count("{j}") + len(separator)) * frame.count("{hole}")
    most = max(1, (LARGEST - len(frame)) // (4 * length))
    return max(1, int(most / chance.choice((1, 1, 2, 5, 20, 100))))


def _words(rule: str, chance: Random) -> list[str]:
    """The words of something that a rule of the grammar stands for, with numbered names."""
    words: list[str] = []
    ahead = [rule]
    while ahead:
        name = ahead.pop()
        if name in _TERMINALS:
            words.append(chance.choice(_TERMINALS[name]))
        elif name in tables.load().literals:
            words.append(tables.load().literals[name])
        else:
            options = _productions()[name]
            short = sorted(options, key=len)[: max(1, len(options) // 2)]
            ahead += reversed(chance.choice(short if len(words) + len(ahead) > 25 else options))
        if len(words) > 200:  # a sentence that does not end by chance: another one
            words, ahead = [], [rule]
    return words


_TERMINALS = {
    "NAME": ("a{i}", "a{j}", "conv", "relu", "norm", "basic", "net", "width", "stride", "b0", "max", "progress"),
    "NUMBER": ("0", "1", "3", "64", "0.1", "1e5", "36.5M"),
    "EXTENT": ("32x32x3", "?x?x3", "3x3", "8?x8?x3"),
    "UNKNOWN": ("?", "8?"),
    "STRING": ('"l{i}"', '"other.resnet"'),
    "COMPARE": ("==", "<", "~="),
    "SIGN": ("+", "-"),
    "TIMES": ("*", "//", "%"),
}


def _productions() -> dict[str, list[list[str]]]:
    if not _KNOWN:
        for rule in tables.lark_parser(resources.grammar_text()).rules:
            _KNOWN.setdefault(rule.origin.name, []).append([symbol.name for symbol in rule.expansion])
    return _KNOWN


_KNOWN: dict[str, list[list[str]]] = {}
