"""What `skips …` puts in force: the options of the paper, ResNet-D's, none at all; and where it holds."""

from __future__ import annotations

import pytest

from tests.elaborate.compiling import compiled, operations, refused

TEXT = """
block unit(width, stride = 1) {{ conv(width, 3, stride = stride) skip }}
network n {{
  input 8x8x4
  {policy}
  stage a {{ unit(4) }}
  stage b(stride = 2) {{ 2 x unit(8) }}
}}
"""


def under(policy: str) -> list[str]:
    return operations(compiled(TEXT.format(policy=policy)))


def test_option_b_is_the_default() -> None:
    """Projections where dimensions increase, all other skips identities (He et al. 2015, section 4.1)."""
    assert under("") == ["conv", "add", "conv", "conv", "batchnorm", "add", "conv", "add"]
    assert under("skips via project") == under("")


def test_option_a_pads_with_zeros_and_learns_nothing() -> None:
    """Positions are left out and zeros added (He et al. 2015, section 3.3)."""
    assert under("skips via pad") == ["conv", "add", "conv", "subsample", "pad_channels", "add", "conv", "add"]
    params = compiled(TEXT.format(policy="skips via pad")).facts.count.params
    assert params == compiled(TEXT.format(policy="skips off")).facts.count.params


def test_option_c_projects_every_skip() -> None:
    assert under("skips always via project") == ["conv", "conv", "batchnorm", "add"] * 3


def test_pooled_projections_pool_only_where_there_is_a_stride() -> None:
    """ResNet-D: a mean of 2x2 before the 1x1 convolution (He et al. 2019, Figure 2c)."""
    pooled = ["conv", "avgpool", "conv", "batchnorm", "add"]
    assert under("skips via pool_project") == ["conv", "add", *pooled, "conv", "add"]
    wider = "network n { input 8x8x4 skips via pool_project stage a { unit(8) } } block unit(w) { conv(w, 3) skip }"
    assert operations(compiled(wider)) == ["conv", "conv", "batchnorm", "add"]


def test_off_leaves_the_plain_network() -> None:
    assert under("skips off") == ["conv", "conv", "conv"]


def test_off_leaves_out_what_only_skips_read() -> None:
    text = (
        "network n { input 8x8x4 skips off stage a { b } } block b { a = in -> conv(4, 1) in conv(4, 3) skip from a }"
    )
    network = compiled(text)
    assert operations(network) == ["conv"]
    assert network.facts.count.params == 9 * 4 * 4


def test_off_makes_a_long_skip_vanish_too() -> None:
    text = "network n { input 8x8x4 skips off stage a { conv(4, 3) } stage b { conv(4, 3) skip from a by concat } }"
    assert operations(compiled(text)) == ["conv", "conv"]


def test_the_plain_network_has_the_main_path_and_nothing_else() -> None:
    residual = compiled(TEXT.format(policy="skips via project"))
    plain = compiled(TEXT.format(policy="skips off"))
    main = [node.args for node in residual.graph.nodes if node.op == "conv" and "skip" not in node.name]
    assert [node.args for node in plain.graph.nodes if node.op == "conv"] == main
    assert residual.facts.depth == plain.facts.depth == 3


def test_a_chain_as_policy_is_given_channels_and_stride() -> None:
    assert under("skips via conv(kernel = 1, bias = true)")[3] == "conv"
    assert under("skips via conv(kernel = 1) -> relu") == ["conv", "add", "conv", "conv", "relu", "add", "conv", "add"]


def test_a_policy_of_a_stage_holds_for_that_stage() -> None:
    text = """block unit(w) { conv(w, 3) skip } network n { input 8x8x4
      stage a { skips off unit(6) } stage b { unit(8) } stage c { skips via pad unit(10) } }"""
    assert operations(compiled(text)) == ["conv", "conv", "conv", "batchnorm", "add", "conv", "pad_channels", "add"]


def test_a_policy_of_a_block_holds_for_what_it_calls() -> None:
    text = """block unit(w) { conv(w, 3) skip } block outer(w) { skips via pad unit(w) }
      network n { input 8x8x4 skips always via project stage a { outer(6) unit(6) } }"""
    assert operations(compiled(text)) == ["conv", "pad_channels", "add", "conv", "conv", "batchnorm", "add"]


def test_a_skips_own_via_wins_over_the_policy() -> None:
    text = """block unit(w) { conv(w, 3) skip via project_only }
      block other(w) { conv(w, 3) skip }
      network n { input 8x8x4 skips via pad stage a { unit(6) unit(6) other(8) } }"""
    assert operations(compiled(text)) == ["conv", "conv", "add", "conv", "add", "conv", "pad_channels", "add"]


def test_two_policies_in_the_same_braces_are_refused() -> None:
    assert refused(TEXT.format(policy="skips off skips via pad")) == ["E0209"]


def test_a_policy_that_nothing_asks_for_is_refused() -> None:
    assert refused("network n { input 8x8x4 skips off stage a { conv(4, 3) } }") == ["E0229"]


@pytest.mark.parametrize(("policy", "params"), [("pad", 269_722), ("project", 272_474)])
def test_resnet20_under_options_a_and_b(policy: str, params: int) -> None:
    """CIFAR ResNet-20 by hand. Option A is the paper's 0.27M: 19 convolutions and 10 classes, and their norms.

    Option B adds two projections with their norms: 16 * 32 + 2 * 32 and 32 * 64 + 2 * 64.
    """
    text = f"""network n {{ input 32x32x3 skips via {policy} stem {{ conv(16, 3) -> norm -> act }}
      stage a {{ 3 x basic(16) }} stage b(stride = 2) {{ 3 x basic(32) }} stage c(stride = 2) {{ 3 x basic(64) }}
      head {{ avgpool(global) -> dense(10) -> softmax }} }}"""
    assert compiled(text).facts.count.params == params


def test_a_policy_that_every_skip_overrides_is_refused() -> None:
    """`preact_basic` says itself what its skip goes through: an adapter in force would be ignored in silence."""
    text = "network n { input 8x8x4 skips via pad stage a(stride = 2) { preact_basic(8) } }"
    assert refused(text) == ["E0229"]
    assert "add" not in operations(compiled(text.replace("skips via pad", "skips off")))
