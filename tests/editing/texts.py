"""Texts with a mark where somebody points, and all places of a text."""

from __future__ import annotations

from typing import NamedTuple

from resnet_dsl.editing.document import Document
from resnet_dsl.editing.positions import source_of

MARK = "¦"

BLOCKS = """# Two views of one map.
block views(width, stride = 1) {
  near = in -> conv(width, 3, stride = stride) -> norm
  far = in -> conv(width, 5, stride = stride) -> norm
  concat(near, far)
  act
}

# A small network.
network small(classes = 10, width = 8) {
  input 32x32x3

  stem { conv(width, 3) -> norm -> act }
  stage one { 2 x views(width) }
  stage two(stride = 2) { views(2 * width) }
  head { avgpool(global) -> dense(classes) -> softmax }
}

# The same without norms.
network bare from small(classes = 4) { use norm = identity }
"""


class Marked(NamedTuple):
    """A document, and the place that was marked in its text."""

    document: Document
    offset: int


def marked(text: str) -> Marked:
    """The text without its mark."""
    return Marked(Document(source_of("net.resnet", text.replace(MARK, ""))), text.index(MARK))


def pointing(text: str, words: str, within: int = 0) -> Marked:
    """A place in the first of some words of a text."""
    return Marked(Document(source_of("net.resnet", text)), text.index(words) + within)
