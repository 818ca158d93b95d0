"""Networks from before residual ones, written in the language: their numbers are known from many other places."""

from __future__ import annotations

ALEXNET = """
# Krizhevsky 2014, "One weird trick", as torchvision has it.
network alexnet {
  input 224x224x3
  default conv(bias = true)
  stage features {
    conv(64, 11, stride = 4, pad = 2) -> relu maxpool(3, stride = 2, pad = valid)
    conv(192, 5) -> relu maxpool(3, stride = 2, pad = valid)
    conv(384, 3) -> relu conv(256, 3) -> relu conv(256, 3) -> relu maxpool(3, stride = 2, pad = valid)
  }
  head { flatten dense(4096) -> relu dense(4096) -> relu dense(1000) }
}
"""

VGG16 = """
# Simonyan & Zisserman 2015, configuration D.
block convs(width, count) { count x unit(width) maxpool(2) }
block unit(width) { conv(width, 3, bias = true) -> relu }
network vgg16 {
  input 224x224x3
  stage features { convs(64, 2) convs(128, 2) convs(256, 3) convs(512, 3) convs(512, 3) }
  head { flatten dense(4096) -> relu dense(4096) -> relu dense(1000) -> softmax }
}
"""

MOBILENET = """
# Howard et al. 2017, Table 1.
block separable(width, stride = 1) {
  conv(in.channels, 3, stride = stride, groups = in.channels) -> norm -> act
  conv(width, 1) -> norm -> act
}
network mobilenet {
  input 224x224x3
  stem { conv(32, 3, stride = 2) -> norm -> act }
  stage a { separable(64) }
  stage b(stride = 2) { separable(128) separable(128) }
  stage c(stride = 2) { separable(256) separable(256) }
  stage d(stride = 2) { 6 x separable(512) }
  stage e(stride = 2) { separable(1024) separable(1024) }
  head { avgpool(global) -> dense(1000) -> softmax }
}
"""
