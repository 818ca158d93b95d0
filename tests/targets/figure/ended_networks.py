"""Networks of several inputs, outputs and heads, as texts: each shows another way in or out."""

_STAGES = """
  input 64x64x3
  stem { conv(8, 7, stride = 2) -> norm -> act }
  stage conv2 { 2 x basic(8) }
  stage conv3(stride = 2) { 2 x basic(16) }
  stage conv4(stride = 2) { basic(32) }
"""
_PYRAMID = """
  head p4 { conv4 -> conv(8, 1) }
  head p3 { top = p4 -> upsample(2)  side = conv3 -> conv(8, 1)  add(side, top) }
  head p2 { top = p3 -> upsample(2)  side = conv2 -> conv(8, 1)  add(side, top) }
"""
_LEVELS = (2, 3, 4, 5, 6)

ENDED = {
    "features": f"{_STAGES} output stem, conv2, conv3, conv4",
    "auxiliary": f"{_STAGES} head {{ avgpool(global) -> dense(9) -> softmax }}"
    " head aux { conv3 -> conv(64, 3) -> norm -> act -> conv(64, 3) -> avgpool(global) -> dense(9) }",
    "changed": """
  input before 64x64x3
  input after 64x64x3
  input facts 8
  stem { concat(before, after) -> conv(16, 3, stride = 2) -> norm -> act }
  stage one { 2 x basic(16) }
  head { seen = avgpool(global)  known = facts -> dense(16) -> relu -> dense(4)  concat(seen, known)  dense(2) }
  head where { one -> conv(1, 1, bias = true) -> sigmoid }
""",
    "siamese": """
  input left 32x32x1
  input right 32x32x1
  head { a = left -> tower(8)  b = right -> tower(8)  add(a, b)  dense(1) -> sigmoid }
""",
    "stages_of_two": """
  input left 32x32x1
  input right 32x32x1
  stage one { left -> basic(8) }
  stage two { right -> basic(8) -> basic(8) }
  head { add(one, two) -> avgpool(global) }
  head alone { one -> avgpool(global) }
""",
    "second_first": """
  input facts 8
  input image 32x32x1
  head { seen = image -> conv(8, 3) -> conv(8, 3) -> avgpool(global)  known = facts -> dense(8)  add(seen, known) }
""",
    "pyramid": f"{_STAGES} {_PYRAMID} head out3 {{ p3 -> conv(8, 3) }} output p4, out3, p2",
    "detector": f"{_STAGES} {_PYRAMID} head p5 {{ conv4 -> conv(8, 3, stride = 2) }}"
    " head p6 { p5 -> relu -> conv(8, 3, stride = 2) }"
    + "".join(f" head class{n} {{ p{n} -> tail(72) }} head box{n} {{ p{n} -> tail(36) }}" for n in _LEVELS)
    + f" output {', '.join(f'class{n}, box{n}' for n in _LEVELS)}",
    "before_activations": """
  input 32x32x3
  stem { conv(16, 3) -> norm -> act }
  stage one { norm -> act -> conv(16, 3)  2 x basic(16) }
  stage two { norm -> act -> conv(16, 1) }
  head { avgpool(global) -> dense(3) }
  head same { one }
  head again { stem -> relu }
  output same, stem, head, again, input
""",
    "one_value_twice": f"{_STAGES} head one {{ conv4 }} head two {{ conv4 }} head three {{ conv3 }}",
    "after_a_merge": "input 16x16x4 stem { conv(4, 3) } stage one { 3 x basic(4) } head { one -> se(2) }"
    " head sum { add(stem, one) } head gate { mul(sum, one) -> relu } output sum, head, gate",
}
_BLOCKS = """
block tower(width) {
  conv(width, 3, stride = 2) -> norm -> act
  conv(2 * width, 3, stride = 2) -> norm -> act
  avgpool(global)
}
block tail(channels) {
  repeat 2 { conv(8, 3) -> relu }
  conv(channels, 3)
}
"""


def written(name: str) -> str:
    """The text of one of them, with the blocks that it calls."""
    return f"{_BLOCKS}network {name} {{ {ENDED[name]} }}"
