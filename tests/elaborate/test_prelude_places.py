"""A mistake inside of the prelude stands at the user's own line, and says its reason there."""

import pytest

from resnet_dsl.pipeline import load_text
from resnet_dsl.source import PRELUDE

NETWORK = "network n { input 8x8x3 %s }"


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("stage s { basic(4, 0) }", "0", "`stride` in here: this is 0"),
        ("stage s { basic(4, stride = 2.5) }", "2.5", "`stride` in here: this is a fraction: 2.5"),
        ("stem { flatten } stage s { basic(3) }", "basic(3)", "`conv …` in here: what flows in is 192"),
        (
            "stage s { preact_basic(4) } use preact_project = conv(7, 1)",
            "preact_basic(4)",
            "`skip …` in here: this is 8x8x3, and its adapter makes 8x8x7 of it",
        ),
        (
            "stem { flatten } stage s { dense(4) skip from stem }",
            "skip from stem",
            "`conv …` in here: what flows in is 192",
        ),
    ],
)
def test_the_call_or_its_argument_is_the_place_and_the_prelude_s_line_a_further_one(
    text: str, place: str, reason: str
) -> None:
    (found,) = load_text(NETWORK % text).check()
    assert found.place is not None
    assert (found.place.span.text, found.place.text) == (place, reason)
    assert PRELUDE in {label.span.source.name for label in found.others}


def test_the_notes_lead_through_the_skip_connection() -> None:
    (found,) = load_text(NETWORK % "stem { flatten } stage s { dense(4) skip from stem }").check()
    assert found.notes == (
        "in block `project`, called from a skip connection (in the prelude)",
        "in the adapter of a skip connection (<text>:1:61)",
    )
