"""Slips of form: each is recognised for what it is, and reading goes on behind it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resnet_dsl import resources
from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.source import Source
from resnet_dsl.syntax.parser import parse
from tests.strategies import mutated, texts

FILE = "%s"
BLOCK = "block b(width) {\n  %s\n}\n"
NETWORK = "network n {\n  input 224x224x3\n  %s\n  head { avgpool(global) }\n}\n"

SLIPS = [
    ("E0100", BLOCK, '"text"'),
    ("E0101", FILE, "network a {\n  stage c {\n    3 x basic(64)\n  head { f }\n}\n"),
    ("E0101", FILE, "network a {\n  stage c {\n    3 x basic(64)\n  head aux { f }\n}\n"),
    ("E0101", FILE, "network a {\n  stage c {\n    3 x basic(64)\n  input left 3x3\n}\n"),
    ("E0101", FILE, "network a {\n  stage c {\n    3 x basic(64)\n  }\n\nnetwork b { }\n"),
    ("E0101", FILE, "block a(w) {\n  repeat 3 {\n    f\n  if a { g }\n}\nblock b { }\n"),
    ("E0101", FILE, "block a {\n  f\n"),
    ("E0101", FILE, "network a {\n  stage c {\n    3 x basic(64)\n  }\n\nshared block b { }\n"),
    ("E0101", FILE, "network a {\n  stage c {\n    3 x basic(64)\n\nshared block b { }\n"),
    ("E0102", FILE, "network a {\n  stage c { f } }\n  head { g }\n}\n"),
    ("E0102", FILE, "block c { g )\n}"),
    ("E0103", BLOCK, "conv(64, 3 -> norm"),
    ("E0103", BLOCK, "conv(64, max(1, 2)\n  norm -> act"),
    ("E0103", BLOCK, "conv(64, [1, 2)"),
    ("E0103", BLOCK, "conv(64, 3\n  skip"),
    ("E0104", BLOCK, "conv(64 3)"),
    ("E0104", FILE, "block b(a c) { }"),
    ("E0104", BLOCK, "conv(64, stride = 2 groups = 3)"),
    ("E0104", BLOCK, "f([1 2])"),
    ("E0104", BLOCK, "conv(64\n  3)"),
    ("E0105", BLOCK, "if width = 3 { f }"),
    ("E0105", NETWORK, "expect params = 25M"),
    ("E0105", FILE, "let a = b = c\n"),
    ("E0106", FILE, "let a == 3\n"),
    ("E0106", BLOCK, "y == conv(64)"),
    ("E0106", FILE, "block f(a == 1) { }"),
    ("E0106", BLOCK, "use norm == f"),
    ("E0107", FILE, "netwrk a { }\n"),
    ("E0107", FILE, "share block a { f }\n"),
    ("E0120", NETWORK, "shared block a { f }"),
    ("E0120", BLOCK, "shared block a { f }"),
    ("E0120", FILE, "block shared a { f }\n"),
    ("E0120", FILE, "shared network a { head { f } }\n"),
    ("E0120", FILE, "shared"),
    ("E0125", FILE, "shared a(w) { f }\n"),
    ("E0107", NETWORK, "stge c { f }"),
    ("E0107", BLOCK, "repat 3 { f }"),
    ("E0107", BLOCK, "skp from in"),
    ("E0107", BLOCK, "for i in range(3) { f }"),
    ("E0107", FILE, "def f(a) { }\n"),
    ("E0107", BLOCK, "if a { f } elif b { g }"),
    ("E0107", BLOCK, "lett a = 3"),
    ("E0107", BLOCK, "if a { f } esle { g }"),
    ("E0107", NETWORK, "inptu 3x3"),
    ("E0104", NETWORK, "output a b, c"),
    ("E0113", NETWORK, "output = a"),
    ("E0113", NETWORK, "output [a, b]"),
    ("E0113", NETWORK, "output { f }"),
    ("E0113", NETWORK, "input left = 3x3"),
    ("E0119", NETWORK, "expect params ==\n  input left 3x3"),
    ("E0119", NETWORK, "output a, b,"),
    ("E0119", NETWORK, "output"),
    ("E0120", NETWORK, "output a -> f"),
    ("E0120", NETWORK, "output a.shape, b"),
    ("E0120", NETWORK, "input left 2 * 3 x 3"),
    ("E0120", NETWORK, "input left right 3x3"),
    ("E0121", NETWORK, "head aux f -> g"),
    ("E0108", FILE, "let x = 3\n"),
    ("E0108", NETWORK, "stage head { f }"),
    ("E0108", BLOCK, "x = conv(3)"),
    ("E0108", BLOCK, "conv(in = 3)"),
    ("E0108", BLOCK, "conv(3)\n  x = relu"),
    ("E0108", BLOCK, "norm\n  x = relu"),
    ("E0108", FILE, "block skip { f }"),
    ("E0108", BLOCK, "add([in, x])"),
    ("E0108", FILE, "let a = [1, x]\n"),
    ("E0108", FILE, "block f(x) { conv(64, 3) }"),
    ("E0109", BLOCK, "3 bottleneck(64)"),
    ("E0109", BLOCK, "3 * bottleneck(64)"),
    ("E0109", BLOCK, "2xbottleneck(64)"),
    ("E0109", BLOCK, "bottleneck(64) x 3"),
    ("E0109", BLOCK, "3 x { f }"),
    ("E0109", BLOCK, "bottleneck(64) x (n + 1)"),
    ("E0109", BLOCK, "n // 2 f"),
    ("E0109", BLOCK, "(n + 1) f"),
    ("E0109", BLOCK, "(n + 1)\n  f"),
    ("E0109", BLOCK, "n + 1 x { f }"),
    ("E0109", BLOCK, "n * f(3)"),
    ("E0109", BLOCK, "3 X f"),
    ("E0109", BLOCK, "conv(64, 3) -> 2 norm"),
    ("E0109", BLOCK, "y = a * b(3)"),
    ("E0109", FILE, "block b { 64 }"),
    ("E0110", BLOCK, "conv(64, 3) ->"),
    ("E0110", BLOCK, "conv(64, 3) -> -> norm"),
    ("E0110", BLOCK, "-> conv(3)"),
    ("E0110", BLOCK, "conv(3) => norm"),
    ("E0110", BLOCK, "conv(3) --> norm"),
    ("E0110", BLOCK, "conv(3) > norm"),
    ("E0110", BLOCK, "conv(3) -> skip"),
    ("E0110", BLOCK, "conv(3) -> y = norm"),
    ("E0110", BLOCK, "conv(3) - > norm"),
    ("E0110", BLOCK, "conv(3) |> norm"),
    ("E0110", NETWORK, "stem { conv(3) -> norm -> }"),
    ("E0110", FILE, "slot a = -> f\n"),
    ("E0110", BLOCK, "conv(3) ->\n  skip"),
    ("E0111", FILE, 'import "a.resnet\nblock b { }\n'),
    ("E0111", BLOCK, "conv(3) as 'first"),
    ("E0112", FILE, "import 'a.resnet'\n"),
    ("E0112", FILE, "import other/file.resnet\nlet a = 3\n"),
    ("E0112", BLOCK, "conv(3) as first"),
    ("E0112", FILE, "import “a.resnet”\n"),
    ("E0113", BLOCK, "if a: { f }"),
    ("E0113", BLOCK, "if a:\n    f"),
    ("E0113", BLOCK, "conv(64, stride: 2)"),
    ("E0113", FILE, "network n {\n  input 224, 224, 3\n}\n"),
    ("E0113", BLOCK, "conv(64,, 3)"),
    ("E0113", FILE, "block b(width):\n  conv(3)\n"),
    ("E0113", BLOCK, "conv(,3)"),
    ("E0113", NETWORK, "stage c: { f }"),
    ("E0113", FILE, "let a = 3;\n"),
    ("E0114", BLOCK, "3 × f(3)"),
    ("E0114", BLOCK, "conv(3) → norm"),
    ("E0114", FILE, "let a = 3 – 4\n"),
    ("E0114", BLOCK, "if a ≤ 3 { f }"),
    ("E0114", BLOCK, "conv(3)\xa0-> norm"),
    ("E0114", BLOCK, "3 х f(3)"),
    ("E0115", BLOCK, "// a comment here\n  conv(3)"),
    ("E0115", BLOCK, "conv(3) // the first -> one"),
    ("E0115", FILE, "/* c\n d */\nlet a = 3\n"),
    ("E0115", FILE, "let n = 3 // number of blocks\n"),
    ("E0115", FILE, "let n = 3 /* number */ + 4\n"),
    ("E0115", FILE, "// a comment\nlet a = 3\n"),
    ("E0115", BLOCK, "conv(64, // channels\n    3)"),
    ("E0115", BLOCK, "norm\n  // activation\n  act"),
    ("E0115", BLOCK, "conv(64, 3) // 1x1 and back\n  act"),
    ("E0115", BLOCK, "norm // let it be\n  act"),
    ("E0116", BLOCK, "if !a { f }"),
    ("E0116", BLOCK, "if a && b { f }"),
    ("E0116", BLOCK, "if a || b { f }"),
    ("E0116", FILE, "let a = 3 ^ 2\n"),
    ("E0116", BLOCK, "n += 1"),
    ("E0116", FILE, "let a := 3\n"),
    ("E0116", BLOCK, "if a === b { f }"),
    ("E0116", BLOCK, "if a <> b { f }"),
    ("E0116", BLOCK, "if a => b { f }"),
    ("E0116", BLOCK, "if a =< b { f }"),
    ("E0116", BLOCK, "conv(64, stride = 2 if width > 3 else 1)"),
    ("E0116", BLOCK, "conv(64, stride = width > 3 ? 2 : 1)"),
    ("E0116", BLOCK, "let s = 2 if width > 3 else 1"),
    ("E0116", FILE, "let s = a ? 2 : 1\n"),
    ("E0116", BLOCK, "conv(64, stride = width > 3?2:1)"),
    ("E0116", BLOCK, "conv(64, stride = in.width==1_0? in.width : 3x3)"),
    ("E0116", BLOCK, "y = a ? conv(3) : relu"),
    ("E0116", BLOCK, "let s = a == 3?b:c"),
    ("E0116", BLOCK, "let s = a == 3?not b:c"),
    ("E0116", BLOCK, "3?2:1 x f"),
    ("E0120", NETWORK, "stage c { input ? }"),
    ("E0120", NETWORK, "stage c { input 32? }"),
    ("E0117", FILE, "block b { conv(3, bias = None) }"),
    ("E0118", NETWORK, "expect params == 25m"),
    ("E0118", BLOCK, "conv(3)\n  2nd = f"),
    ("E0118", FILE, "let a = .5\n"),
    ("E0118", FILE, "let a = 1.\n"),
    ("E0118", FILE, "let a = 1.2.3\n"),
    ("E0147", FILE, "block 3conv { }"),
    ("E0147", FILE, "block 3x3(w) { conv(w, 3) }"),
    ("E0147", FILE, "network 2 from a { }"),
    ("E0147", NETWORK, "stage 2(stride = 2) { f }"),
    ("E0147", NETWORK, "stage 2 after one { f }"),
    ("E0119", FILE, "let a =\nlet b = 3\n"),
    ("E0119", BLOCK, "conv(64, stride = )"),
    ("E0119", NETWORK, "stage { f }"),
    ("E0119", FILE, "block (width) { f }"),
    ("E0119", BLOCK, "skip from"),
    ("E0119", FILE, "block b(a =) { }"),
    ("E0119", FILE, "network { input 3 }"),
    ("E0119", NETWORK, "expect params =="),
    ("E0119", NETWORK, "expect"),
    ("E0119", BLOCK, "if { f }"),
    ("E0119", BLOCK, "repeat { f }"),
    ("E0119", FILE, "let a = 3 +\n"),
    ("E0119", FILE, "import\n"),
    ("E0119", FILE, "network a from { }"),
    ("E0119", NETWORK, "input"),
    ("E0120", BLOCK, "stage c { f }"),
    ("E0120", NETWORK, "conv(3) -> norm"),
    ("E0120", NETWORK, "repeat 3 { f }"),
    ("E0120", FILE, "conv(3)\n"),
    ("E0120", FILE, "stage c { f }\n"),
    ("E0120", BLOCK, "expect params == 3"),
    ("E0120", NETWORK, "block c { f }"),
    ("E0120", NETWORK, "let a = 3\n  skip"),
    ("E0120", FILE, "expect params == 3\n"),
    ("E0120", BLOCK, "else { f }"),
    ("E0120", NETWORK, "slot a = f"),
    ("E0121", NETWORK, "stage conv2 3 x f(3)"),
    ("E0121", BLOCK, "if a f(3)"),
    ("E0121", NETWORK, "head avgpool(global) -> f"),
    ("E0109", BLOCK, "repeat 3 x f(3)"),
    ("E0121", BLOCK, "if a { f } else g"),
    ("E0121", FILE, "block b conv(3)\n"),
    ("E0120", NETWORK, "if deep { stage c { f } }"),
    ("E0120", NETWORK, "if deep { use act = f } else { stem { f } }"),
    ("E0120", NETWORK, "if deep { input 3x3x3 }"),
    ("E0120", BLOCK, "input 3x3x3"),
    ("E0101", NETWORK, "if deep { use act = f\n  stage c { f }"),
    ("E0120", BLOCK, "y = if width > 3 { f } else { g }"),
    ("E0120", BLOCK, "use norm = if width > 3 { f } else { g }"),
    ("E0121", NETWORK, "stage c = 3 x f"),
    ("E0121", NETWORK, "stage c norm -> act"),
    ("E0121", NETWORK, "stage c basic(16)"),
    ("E0121", NETWORK, "stage c after d"),
    ("E0121", BLOCK, "conv(64, stride = if width > 3 2 else 1)"),
    ("E0121", FILE, "network a from b\n"),
    ("E0121", FILE, "network a from b\nnetwork c from d { }\n"),
    ("E0121", NETWORK, "stem conv(64, 7)"),
    ("E0121", NETWORK, "stem -> conv(64, 7)"),
    ("E0109", BLOCK, "repeat 3 f"),
    ("E0122", BLOCK, "skip by mul from in"),
    ("E0122", BLOCK, "skip(in)"),
    ("E0122", BLOCK, "skip from in from b"),
    ("E0122", BLOCK, "skip via p always"),
    ("E0122", BLOCK, "skip -> act"),
    ("E0122", BLOCK, "skip always -> act"),
    ("E0122", BLOCK, "skip from b -> act"),
    ("E0122", BLOCK, "skip from b\n-> act"),
    ("E0122", BLOCK, "skip by mul -> act -> act"),
    ("E0122", BLOCK, "skip from b via f -> g by concat -> act"),
    ("E0123", BLOCK, "if 0 < width < 3 { f }"),
    ("E0123", NETWORK, "expect 3 < depth < 5"),
    ("E0124", BLOCK, "(conv(3)) -> norm"),
    ("E0124", BLOCK, "conv(3) + conv(4)"),
    ("E0124", BLOCK, "a - b"),
    ("E0115", BLOCK, "conv(3) // first"),
    ("E0124", BLOCK, "(conv(3) -> norm) -> act"),
    ("E0124", BLOCK, "add((in -> conv(3)), y)"),
    ("E0124", BLOCK, "a < b"),
    ("E0125", BLOCK, "half = width // 2\n  conv(half)"),
    ("E0125", BLOCK, "half = (width + 1) / 2"),
    ("E0125", BLOCK, "even = width % 2"),
    ("E0125", BLOCK, "more = width + 1"),
    ("E0125", NETWORK, "classes: 10"),
    ("E0125", FILE, "let a 3\n"),
    ("E0125", NETWORK, "expect params 25M"),
    ("E0125", NETWORK, "skips pad"),
    ("E0125", BLOCK, "use norm f(3)"),
    ("E0125", FILE, "let a = 2 width\n"),
    ("E0125", FILE, "slot attn se(16)\n"),
    ("E0140", BLOCK, "conv(64, stride = if width > 3 { 2 })"),
    ("E0140", BLOCK, "let s = if width > 3 { 2 } conv(s)"),
    ("E0140", BLOCK, "let s = if width > 3 { 2 } else if width > 2 { 1 }\n  conv(s)"),
    ("E0140", FILE, "let s = if a { 2 }\nlet b = 3\n"),
    ("E0126", BLOCK, "use conv(bias = true)"),
    ("E0126", BLOCK, "default norm = f"),
    ("E0127", BLOCK, "conv(3) @ norm"),
    ("E0127", FILE, "let a = $b\n"),
]


def mistakes(text: str) -> tuple[Diagnostic, ...]:
    return parse(Source("t", text))[1]


def codes(text: str) -> list[str]:
    return [mistake.code for mistake in mistakes(text)]


@pytest.mark.parametrize(("code", "frame", "text"), SLIPS)
def test_each_slip_gets_its_code_once(code: str, frame: str, text: str) -> None:
    assert codes(frame % text) == [code]


@pytest.mark.parametrize(("code", "frame", "text"), SLIPS)
def test_what_follows_is_read(code: str, frame: str, text: str) -> None:
    """The definition behind is there, unless the slip takes in all that follows."""
    file, _ = parse(Source("t", f"{frame % text}\nblock after {{ norm }}\n"))
    assert [one.name.text for one in file.definitions][-1:] == ["after"]  # type: ignore[union-attr]


def test_sure_slips_are_mended_so_that_each_is_reported() -> None:
    text = BLOCK % "conv(64 3); norm → act\n  2 basic(64), relu\n  if a && !b { conv(width, bias = True) }"
    assert codes(text) == ["E0104", "E0113", "E0114", "E0109", "E0113", "E0116", "E0116", "E0117"]


def test_mistakes_of_several_definitions_come_in_order() -> None:
    text = "let a == 1\nnetwrk b { }\nblock c { 3 d }\nnetwork e {\n  stage f { g ->\n\nblock h { -> }\n"
    assert codes(text) == ["E0106", "E0107", "E0109", "E0110", "E0110"]


def test_a_definition_with_a_mistake_is_left_out_even_where_it_was_mended() -> None:
    file, found = parse(Source("t", "block a { f; g }\nblock b { f g }\n"))
    assert len(found) == 1
    assert [one.name.text for one in file.definitions] == ["b"]  # type: ignore[union-attr]


def test_at_most_a_hundred_are_reported() -> None:
    assert len(mistakes("let a = 1;\n" * 1_000)) == 100


@pytest.mark.parametrize("text", ["block r(w) {{\n  conv(w, 3)\n  skip\n}\n", "block r(w) {\n  {(w, 3)\n  skip\n}\n"])
def test_a_brace_too_many_ends_in_a_mistake(text: str) -> None:
    """The place of the slip is the end of the text, which no word stands behind."""
    assert codes(text)[0] == "E0101"


SHIPPED = [
    resources.prelude_text(),
    *(path.read_text("utf-8") for path in sorted(Path(resources.specs_folder()).rglob("*.resnet"))),
]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.one_of(mutated(SHIPPED), texts().flatmap(lambda text: mutated([text])), st.text()))
def test_every_text_is_read_or_refused(text: str) -> None:
    _, found = parse(Source("t", text))
    places = [mistake.place.span for mistake in found if mistake.place]
    assert len(places) == len(found)
    assert places == sorted(places, key=lambda span: (span.start, span.end))
    assert all(0 <= span.start <= span.end <= len(text) for span in places)
    assert all(mistake.message and not mistake.message.endswith(".") for mistake in found)
