;;; resnet-words.el --- words of resnet-dsl; written by editors/make.py  -*- lexical-binding: t -*-
(defconst resnet-keywords
  '("always" "and" "as" "block" "by" "default" "else" "expect" "from" "head" "if" "import"
    "in" "input" "let" "network" "not" "off" "or" "output" "repeat" "shared" "skip" "skips"
    "slot" "stage" "stem" "use" "via" "x"))
(defconst resnet-called
  '("abs" "act" "add" "attention" "attn" "avgpool" "basic" "batchnorm" "blurpool" "bottleneck"
    "cbam" "ceil" "channel_pool" "channel_scale" "channels" "concat" "conv" "conv_transpose"
    "crop" "deep_stem" "dense" "depth_to_space" "drop" "drop_path" "dropblock" "dropout" "eca"
    "elu" "evonorm" "flatten" "floor" "frn" "gelu" "groupnorm" "hard_sigmoid" "hard_swish"
    "identity" "instancenorm" "last_norm" "layernorm" "leaky_relu" "len" "log2" "max"
    "maxpool" "min" "mish" "mul" "norm" "normalize" "pad" "pad_channels" "pool_project"
    "pool_project_only" "preact_basic" "preact_bottleneck" "preact_project" "prelu" "project"
    "project_only" "relu" "relu6" "reshape" "resize" "round" "scale" "se" "selu" "shift"
    "sigmoid" "silu" "softmax" "softplus" "space_to_depth" "spatial_softmax" "sqrt" "sub"
    "subsample" "tanh" "tlu" "upsample" "zero_pad"))
(provide 'resnet-words)
;;; resnet-words.el ends here
