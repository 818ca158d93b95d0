"""Files of settings: each mistake has its place and a remedy, and a stranger's text costs little."""

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.source import Source
from resnet_dsl.toml import (
    BoundedNumber,
    Flag,
    Key,
    KeyedTable,
    LineOfText,
    NamedTable,
    OneOf,
    Several,
    read_toml,
    read_toml_text,
)
from resnet_dsl.toml.places import Way, places_of

FORM = KeyedTable(
    {
        "name": Key(LineOfText(longest=20)),
        "page": Key(KeyedTable({"width": Key(BoundedNumber(1, 100)), "rows": Key(BoundedNumber(1, 9, whole=True))})),
        "by": Key(OneOf(("size", "stage"))),
        "fills": Key(Several(LineOfText(), 1, 4)),
        "flag": Key(Flag()),
        "panel": Key(
            Several(KeyedTable({"letter": Key(LineOfText(), required=True), "at": Key(Several(BoundedNumber(0, 9)))}))
        ),
        "kind": Key(NamedTable(KeyedTable({"show": Key(Flag())}), names=("norm", "pool"))),
        "words": Key(NamedTable(LineOfText())),
    }
)


def found_in(text: str) -> list[Diagnostic]:
    try:
        read_toml_text(Source("t.toml", text), FORM)
    except Refusal as refusal:
        return list(refusal.diagnostics)
    return []


def told(text: str) -> list[tuple[str, str]]:
    return [(one.code, f"{one.place.span}"[7:] if one.place else "") for one in found_in(text)]


def test_what_a_file_says_comes_back_with_its_places(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    path.write_text('name = "a"\npage.width = 3\n[[panel]]\nletter = "x"\n', "utf-8")
    said = read_toml(str(path), FORM)
    assert said.values == {"name": "a", "page": {"width": 3}, "panel": [{"letter": "x"}]}
    assert said.places[("panel", 0, "letter")].value.text == '"x"'
    assert said.mistake("E0259", ("page", "width"), "no").place is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pgae = 3", [("E0257", "1:1")]),
        ("[page]\nwidht = 3", [("E0257", "2:1")]),
        ("page.widht = 3", [("E0257", "1:6")]),
        ("page = {width = 3, widht = 4}", [("E0257", "1:20")]),
        ('page = {"wi\\u0064ht" = 3}', [("E0257", "1:9")]),
        ('[[panel]]\nletter = "a"\n[[panel]]\nleter = "b"', [("E0272", "3:3"), ("E0257", "4:1")]),
        ("[kind.norm]\nshow = 1", [("E0258", "2:8")]),
        ("[kind.nrom]\nshow = true", [("E0257", "1:7")]),
        ("page = 3", [("E0258", "1:8")]),
        ("page.width = true", [("E0258", "1:14")]),
        ("page.width = nan", [("E0259", "1:14")]),
        ("page.width = 101", [("E0259", "1:14")]),
        ("page.rows = 1.5", [("E0258", "1:13")]),
        ("page.rows = 1979-05-27 07:32:00", [("E0258", "1:13")]),
        ('by = "stagee"', [("E0259", "1:6")]),
        ('fills = ["a", 3]', [("E0258", "1:15")]),
        ("fills = []", [("E0259", "1:9")]),
        ('fills = "a"', [("E0258", "1:9")]),
        ('name = "a\\u0007"', [("E0259", "1:8")]),
        ("panel = [{letter = 3, at = [1, 10]}]", [("E0258", "1:20"), ("E0259", "1:32")]),
        ('words = {"a b" = 3}', [("E0258", "1:18")]),
        ("flag = yes", [("E0255", "1:8")]),
        ("flag: true", [("E0255", "1:5")]),
        ("by = size", [("E0255", "1:6")]),
        ('name = "a"\nname = "b"', [("E0255", "2:1")]),
        ("[page]\n[page]", [("E0255", "2:6")]),
        ("name = 'a", [("E0255", "1:10")]),
        ("fills = [", [("E0255", "1:10")]),
        ("name = \x00", [("E0255", "1:8")]),
        ("page.width = " + "9" * 5000, [("E0256", "1:14")]),
        ("a" * 101 + " = 1", [("E0256", "1:1")]),
        ("name = " + "[" * 50, [("E0256", "1:24")]),
        (".".join("a" * 50) + " = 1", [("E0256", "1:34")]),
        ("#" * 200_000, [("E0256", "")]),
    ],
)
def test_a_mistake_is_told_where_it_stands(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(text) == expected
    assert all(one.help for one in found_in(text))


@pytest.mark.parametrize(
    ("text", "help", "right"),
    [
        ('fills = "a"', 'write `["a"]`', 'fills = ["a"]'),
        ('[[panel]]\nletter = "a"\nat = 3', "write `[3]`", '[[panel]]\nletter = "a"\nat = [3]'),
        ('[panel]\nletter = "a"', "write `[[panel]]` above its keys, once for each", '[[panel]]\nletter = "a"'),
        ('panel.letter = "a"', "write `[[panel]]` above its keys, once for each", '[[panel]]\nletter = "a"'),
    ],
)
def test_what_stands_alone_is_told_as_a_list_of_one(text: str, help: str, right: str) -> None:
    (mistake,) = found_in(text)
    assert mistake.help == help
    assert found_in(right) == []


@pytest.mark.parametrize("text", ["fills = 3", "[[panel]]\nletter = 'a'\nat = 10", 'panel = "a"', "fills = {}"])
def test_what_fits_in_no_list_is_not_told_to_stand_in_one(text: str) -> None:
    (mistake,) = found_in(text)
    assert mistake.help is not None
    assert mistake.help.startswith("write a list")


@pytest.mark.parametrize(
    "text", ["by = size", "name = C:\\a", "pgae = {width = 3}", "name = #FFFFFF", "by = stage # so"]
)
def test_the_remedy_followed_leaves_no_mistake(text: str) -> None:
    (mistake,) = found_in(text)
    (edit,) = mistake.edits
    assert found_in(text[: edit.span.start] + edit.text + text[edit.span.end :]) == []


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_toml(str(tmp_path / name), FORM)
    assert refusal.value.diagnostics[0].code in {"E0001", "E0002"}


def test_a_large_file_is_refused_as_settings_are(tmp_path: Path) -> None:
    (tmp_path / "large.toml").write_text("#" * 2_000_000, "utf-8")
    with pytest.raises(Refusal) as refusal:
        read_toml(str(tmp_path / "large.toml"), FORM)
    assert refusal.value.diagnostics[0].code == "E0256"


@pytest.mark.parametrize(
    "text",
    [
        '"""' + '\\"""' * 24_000,
        "'''" + "''x" * 30_000,
        "[a.b.c.d]\n" * 9_000,
        "".join(f"[a{n}.b.c.d.e.f.g.h]\n" for n in range(4_000)),
        "[[a]]\n" * 16_000,
        "a = [" + "{}," * 30_000 + "]",
        "a = [" + "[],\n" * 24_000,
        "".join(f"k{n} = 1\n" for n in range(10_000)),
        '"' * 100_000,
        "\\" * 100_000,
        "a.b=1\n" * 16_000,
        "a b\n" * 24_000,
        "".join(f"k{n} = a\n" for n in range(8_000)),
    ],
)
def test_a_hostile_text_costs_little(text: str) -> None:
    start = time.process_time()
    found = found_in(text)
    assert 0 < len(found) <= 100
    assert time.process_time() - start < 2


BROKEN = [
    "name = a text",
    'fills = ["a",\n  b]',
    "flag true",
    'by = "siez"',
    "nmae = 3",
    "[page]\nwidth = 5mm\nrows = 3.5",
    "[kind.norm\nshow = true",
    '[words]\na = "b"\na = "c"',
    "[kind.pol]\nshow = true",
]


@pytest.mark.parametrize("left_out", range(len(BROKEN) + 1))
def test_every_independent_mistake_is_told_in_one_run(left_out: int) -> None:
    """Whatever stands beside it: of form, of keys and of values."""
    parts = [part for number, part in enumerate(BROKEN) if number != left_out]
    lines = [0]
    for part in parts:
        lines.append(lines[-1] + part.count("\n") + 1)
    alone = [
        (code, int(place.partition(":")[0]) + before, place.partition(":")[2])
        for part, before in zip(parts, lines, strict=False)
        for code, place in told(part)
    ]
    together = [(code, *map(str, place.split(":"))) for code, place in told("\n".join(parts))]
    assert [(code, int(line), column) for code, line, column in together] == alone
    assert len(alone) >= len(parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name = a\n[page]\nwidth = [1\nrows = 2\n", [("E0255", "1:8")]),  # where the bracket was to end, nobody knows
        ("[[panel\nletter = 3\n", [("E0255", "1:8")]),  # no table, no keys of it; and no panel is missed
        ("[[panel]]\nletter = a\n", [("E0255", "2:10")]),
        ("name = [\n  a,\n  b,\n]\nflag = 1\n", [("E0255", "2:3"), ("E0258", "5:8")]),
    ],
)
def test_what_follows_from_a_mistake_of_form_is_none(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(text) == expected


def test_a_number_with_its_unit_is_text() -> None:
    (found,) = found_in("[page]\nwidth = 85mm  # of a column\n")
    assert (found.help, found.edits[0].text) == ('text stands in quotes: `"85mm"`', '"85mm"')


KEYS = some.text("ab-_1 .\"'é\\#=[", min_size=1, max_size=4)
SCALARS = some.one_of(
    some.integers(-(10**9), 10**9),
    some.floats(allow_nan=False, allow_infinity=False),
    some.booleans(),
    some.text("ab \"'\\#\n[]{},=é", max_size=8),
    some.datetimes(),
)
VALUES = some.recursive(
    SCALARS, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def written(value: Any, draw: Any) -> str:
    """A value in TOML, in one of the ways in which it may be written."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(name)} = {written(one, draw)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        space = draw(some.sampled_from(["", " ", "\n  # a ] in a comment\n"]))
        return f"[{space}" + "".join(f"{written(one, draw)}{space},{space}" for one in value) + "]"
    if isinstance(value, str):
        multi = draw(some.booleans()) and not value.startswith("\n")
        return f'"""{quoted(value)[1:-1]}"""' if multi else quoted(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def ways(value: Any, way: Way = ()) -> dict[Way, Any]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {way: value} | {at: one for name, part in inner for at, one in ways(part, (*way, name)).items()}


@given(some.data())
def test_every_value_is_found_where_it_stands(data: some.DataObject) -> None:
    """Cut out at its place and read alone, a value is the one that the whole text has there."""
    lines = []
    for name, value in data.draw(some.dictionaries(KEYS, VALUES, max_size=3)).items():
        if isinstance(value, dict) and data.draw(some.booleans()):
            inner = [f"{quoted(key)} = {written(one, data.draw)}" for key, one in value.items()]
            lines += [f"[[top.{quoted(name)}]] # ]", *inner]
        else:
            lines.insert(0, f"{quoted(name)}={written(value, data.draw)}")
    text = "\n".join(lines)
    source = Source("t.toml", text)
    places = places_of(source)
    for way, value in ways(tomllib.loads(text)).items():
        if way:
            spelt = places[way].value.text
            name = next(part for part in reversed(way) if isinstance(part, str))
            own = [spelt, tomllib.loads(f"{places[way].key.text} = 1") if isinstance(way[-1], str) else None]
            assert own[1] in (None, {name: 1})
            assert not isinstance(value, str | int | float) or tomllib.loads(f"v = {spelt}")["v"] == value


@pytest.mark.parametrize(("text", "stand"), [("fills = []\n", "stand 0"), (f"fills = {['a'] * 5}\n", "stand 5")])
def test_a_list_of_too_few_or_too_many_says_how_many_there_may_be(text: str, stand: str) -> None:
    (mistake,) = found_in(text)
    assert mistake.message == f"`fills` is a list of 1 to 4, each text in quotes, and here {stand}"
    assert mistake.help == "write 1 to 4 of them"
