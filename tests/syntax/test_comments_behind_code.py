"""A comment that begins with `//` behind code: what is in front of it stays as it is."""

from __future__ import annotations

import pytest

from resnet_dsl.source import Source
from resnet_dsl.syntax.parser import parse

BLOCK = "block b(width, n = 2) {\n  %s\n}\n"
NETWORK = "network net {\n  input 32x32x3\n  %s\n}\n"
FILE = "%s\n"

SURE = [  # `@` is the mark
    (BLOCK, "let half = width // 2 @ as in the paper\n  conv(half, 3)"),
    (BLOCK, "let half = width @ as in the paper"),
    (BLOCK, "let half = (width + 1) // 2 @ rounded up, as in the paper (He et al.)"),
    (BLOCK, "let a = 8 // 2 // 2 @ twice, as above"),
    (BLOCK, "conv(width // 2, 3) @ rounded down"),
    (BLOCK, "conv(width // 2, 3) -> norm @ rounded down"),
    (BLOCK, "conv(width, 3)  @no pad"),
    (BLOCK, "conv(16, 3) @ the first"),
    (BLOCK, "conv(16, 3) -> norm -> act @ the first three"),
    (BLOCK, "conv(16, 3) @ conv\n  norm"),
    (BLOCK, "conv(16, 3) @ see https://arxiv.org"),
    (BLOCK, "conv(16, 3) @ don't know"),
    (BLOCK, "conv(16, 3) @ input of 64 channels"),
    (BLOCK, "conv(16, @ the channels\n  3)"),
    (BLOCK, "conv(\n  width // 2, @ the channels\n  3)"),
    (BLOCK, "a = conv(16, 3) @ first\n  a -> norm"),
    (BLOCK, "a = in -> conv(16, 3) @ first branch\n  a -> norm"),
    (BLOCK, "y = basic(16) @ the block\n  y -> norm"),
    (BLOCK, "y = norm @ the block\n  y -> act"),
    (BLOCK, "norm @ batch norm"),
    (BLOCK, "2 x basic(16) @ twice"),
    (BLOCK, "2 x basic(16) @ two blocks"),
    (BLOCK, "repeat n // 2 { @ as in the paper\n  conv(width, 3)\n  }"),
    (BLOCK, "repeat n // 1 { conv(width, 3) } @ as in the paper"),
    (BLOCK, "conv(16, 3)\n  skip @ the identity, where sizes fit"),
    (NETWORK, "stage s(stride = 4 // 2) { @ the first\n  conv(16, 3) }"),
    (NETWORK, "stage s { @ first\n  conv(16, 3) }"),
    (NETWORK, "let k = 6 // 2 @ as in the paper"),
    (NETWORK, "expect params > 100 // 2 @ as in the paper"),
    (FILE, "let n = 3 @ number of blocks"),
    (FILE, "let widths = [16, 32 // 2] @ the widths"),
]
UNSURE = [
    (BLOCK, "conv(16, 3) @ 64 channels"),
    (BLOCK, "conv(16, 3) @ 64\n  norm"),
    (BLOCK, "use act = relu @ everywhere"),
    (BLOCK, "use act = relu @ 64 channels"),
    (NETWORK, "expect params > 100 // 2 @ 50 of them"),
]


@pytest.mark.parametrize(("frame", "text"), [*SURE, *UNSURE])
def test_what_stands_in_front_of_the_comment_is_left_alone(frame: str, text: str) -> None:
    written = frame % text.replace("@", "//")
    _, mistakes = parse(Source("t", written))
    assert [one.code for one in mistakes] == ["E0115"]
    edit, mark = mistakes[0].edits[0], (frame % text).index("@")
    assert written[: edit.span.start] + edit.text == (frame % text)[:mark] + "#" or not mistakes[0].sure
    assert mistakes[0].sure == ((frame, text) in SURE)


def test_a_division_stays_one_beside_another_mistake() -> None:
    _, mistakes = parse(Source("t", BLOCK % "let half = width // n conv(half 3)"))
    assert [one.code for one in mistakes] == ["E0104"]
