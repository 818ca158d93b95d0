"""A setting inside a stage that changes nothing there is a mistake; inherited ones were judged in their network."""

from resnet_dsl import pipeline

NETWORK = """
network a {{
  input 8x8x3
  stage s {{ {setting} conv(8, 3) -> norm }}
}}
network b from a {{ stage s2 {{ basic(8) }} }}
"""


def codes(setting: str) -> list[str]:
    return [one.code for one in pipeline.load_text(NETWORK.format(setting=setting)).check()]


def test_unused_setting_in_a_stage() -> None:
    assert codes("use act = silu") == ["E0229"]
    assert codes("default dense(bias = false)") == ["E0229"]
    assert codes("skips off") == ["E0229"]


def test_used_setting_in_a_stage() -> None:
    assert codes("use norm = groupnorm(4)") == []
    assert codes("default conv(bias = true)") == []
