"""Networks in which maps of several sizes meet, each in another way. Built once."""

from __future__ import annotations

from functools import cache

import resnet_dsl
from resnet_dsl import pipeline

UNIT = "block unit(width, kernel = 3) { conv(width, kernel) -> norm -> act }\n"
SPECS = {
    "pan": """network pan {
  input 128x128x3
  stem { conv(16, 3, stride = 2) -> norm -> act }
  stage c3(stride = 2) { 2 x basic(32) }
  stage c4(stride = 2) { 2 x basic(64) }
  stage c5(stride = 2) { 2 x basic(128) }
  head {
    t5 = c5 -> conv(32, 1)
    t4 = concat(c4 -> conv(32, 1), t5 -> upsample(2)) -> unit(32)
    t3 = concat(c3 -> conv(32, 1), t4 -> upsample(2)) -> unit(32)
    b4 = concat(t4, t3 -> conv(32, 3, stride = 2)) -> unit(32)
    b5 = concat(t5, b4 -> conv(32, 3, stride = 2)) -> unit(32)
  }
  output t3, b4, b5
}""",
    "valid_unet": """network valid_unet {
  input 188x188x1
  default conv(pad = valid)
  stem { 2 x unit(8) }
  stage low { maxpool(2) -> 2 x unit(16) }
  stage lowest { maxpool(2) -> 2 x unit(32) }
  head {
    a = conv_transpose(16, 2)
    b = concat(low -> crop(like = a), a) -> unit(16) -> unit(16)
    c = b -> conv_transpose(8, 2)
    concat(stem -> crop(like = c), c) -> unit(8) -> unit(8)
    conv(2, 1)
  }
}""",
    "signal_unet": """network signal_unet {
  input 4?x2
  stem { whole = unit(8) }
  stage half { maxpool(2) -> unit(16) }
  stage deep { maxpool(2) -> unit(32) }
  head {
    concat(upsample(2), half) -> unit(16)
    concat(upsample(2), whole) -> unit(8)
    conv(1, 1)
  }
}""",
    "volume_unet": """network volume_unet {
  input 32x32x32x1
  stem { unit(4) }
  stage down { maxpool(2) -> 2 x unit(8) }
  stage up {
    finer = conv_transpose(4, 2)
    concat(finer, stem) -> unit(4)
   }
  head { conv(2, 1) }
}""",
    "thirds": """network thirds {
  input 81x81x3
  stem { unit(8) }
  stage one(stride = 3) { basic(8) }
  stage two(stride = 3) { basic(16) }
  head { concat(one, two -> upsample(3)) -> unit(8) -> avgpool(global) -> dense(3) }
}""",
    "autoencoder": """network autoencoder {
  input 64x64x3
  stem { conv(16, 3, stride = 2) -> norm -> act }
  stage encoder { conv(32, 3, stride = 2) -> norm -> act -> conv(64, 3, stride = 2) -> norm -> act }
  stage decoder { conv_transpose(32, 2) -> norm -> act -> conv_transpose(16, 2) -> norm -> act }
  head { conv_transpose(3, 2) -> sigmoid }
}""",
    "two_inputs": """network two_inputs {
  input image 128x128x3
  input depth 32x32x1
  stage fine { image -> conv(16, 3, stride = 2) -> norm -> act -> conv(32, 3, stride = 2) -> norm -> act }
  stage coarse { depth -> unit(32) }
  head { add(fine, coarse) -> unit(32) -> upsample(4) -> conv(1, 1) }
}""",
    "hourglass": """block glass(width) {
  a = in -> basic(width)
  b = in -> maxpool(2) -> basic(width)
  c = b -> maxpool(2) -> basic(width)
  d = add(b, c -> basic(width) -> upsample(2)) -> basic(width)
  add(a, d -> upsample(2))
}
network hourglass {
  input 64x64x3
  stem { conv(16, 7, stride = 2) -> norm -> act }
  stage one { glass(16) }
  stage two { glass(16) }
  head { conv(4, 1) }
}""",
    "generator": """network generator {
  input z 100
  stem { dense(1024) -> reshape(4x4x64) }
  stage grow { 2 x up(32) }
  head { conv_transpose(3, 2) -> tanh }
}
block up(width) { conv_transpose(width, 2) -> norm -> act }""",
    "nested": """network nested {
  input 64x64x1
  stem { x00 = unit(8) }
  stage s1 { maxpool(2) -> unit(16) }
  stage s2 { maxpool(2) -> unit(32) }
  head {
    x01 = concat(stem, s1 -> upsample(2)) -> unit(8)
    x11 = concat(s1, s2 -> upsample(2)) -> unit(16)
    x02 = concat(stem, x01, x11 -> upsample(2)) -> unit(8)
    conv(1, 1)
  }
}""",
    "gated": """network gated {
  input 32x32x3
  stem { conv(16, 3) -> norm -> act }
  stage a(stride = 2) { basic(32) }
  head {
    g = stem -> maxpool(2) -> conv(32, 1) -> sigmoid
    m = mul(a, g)
    u = m -> upsample(2)
    s = m -> avgpool(global, keepdims = true) -> conv(32, 1) -> sigmoid
    add(mul(u, s), stem -> conv(32, 1)) -> unit(8)
  }
}""",
    "spp": """network spp {
  input 32x32x3
  stem { conv(16, 3, stride = 2) -> norm -> act }
  head {
    near = stem -> maxpool(5, stride = 1, pad = same)
    far = stem -> maxpool(9, stride = 1, pad = same)
    concat(stem, near, far, stem -> avgpool(8) -> conv(4, 1) -> upsample(8))
    conv(8, 1) -> upsample(2)
  }
}""",
    "aniso": """network aniso {
  input 64x128x1
  stem { conv(8, 3, stride = 1x2) -> norm -> act }
  stage a { maxpool(2x1) -> unit(16) }
  head { concat(stem, a -> upsample(2x1)) -> unit(8) -> upsample(1x2) -> conv(1, 1) }
}""",
}


@cache
def compiled(name: str):
    """One of them, compiled."""
    return pipeline.load_text(UNIT + SPECS[name]).compile(name)


@cache
def shipped(name: str):
    """A network that ships, compiled."""
    return resnet_dsl.load(name).network(name).compiled


def sized(network):
    """The same with sides of 256 where lengths are open; None where none are."""
    shape = network.shapes[0]
    open_ = any(not isinstance(length, int) for length in shape)
    return network.under((*(256 for _ in shape[:-1]), shape[-1])).facts if open_ else None
