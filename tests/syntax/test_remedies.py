"""Habits of other languages: the remedy, followed, is the text that was meant, and it compiles."""

from __future__ import annotations

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.pipeline import load_text

STEPS = "block b(width, n = 2, kind = 1) {\n  %s\n}\nnetwork net {\n  input 32x32x16\n  stage s { b(16) }\n}\n"
MEMBERS = (
    "network net(classes = 10, blocks = 2) {\n  input 32x32x3\n  stem { conv(16, 3) }\n  %s\n"
    "  head { avgpool(global) -> dense(classes) }\n}\n"
)
FILE = "%s\n" + MEMBERS % "stage s { conv(16, 3) }"
DERIVED = MEMBERS % "stage s { conv(16, 3) }" + "%s\n"
INPUT = "network net {\n  %s\n  stem { conv(16, 3) }\n}\n"

MEMBERS_EXPECTED = "stage s { conv(16, 3) }\n  expect s.output == 32x32x16"
SURE = [
    # sizes and lists
    (STEPS, "conv(16, (3, 3))", "conv(16, 3)"),
    (STEPS, "conv(16, kernel = (3, 1)) -> norm", "conv(16, kernel = 3x1) -> norm"),
    (STEPS, "conv(16, 3, stride = (2, 2))", "conv(16, 3, stride = 2)"),
    (STEPS, "conv(16, 3, dilation = (width // 8, 1))", "conv(16, 3, dilation = width // 8 x 1)"),
    (STEPS, "conv(16, [3, 1])", "conv(16, 3x1)"),
    (STEPS, "conv(16, 3X1)", "conv(16, 3x1)"),
    (STEPS, "conv(16, 3 X 1)", "conv(16, 3x1)"),
    (STEPS, "maxpool((2, 2), (2, 2))", "maxpool(2, 2)"),
    (STEPS, "resize((16, 16))", "resize(16x16)"),
    (STEPS, "zero_pad(((1, 1), (1, 1)))", "zero_pad([[1, 1], [1, 1]])"),
    (STEPS, "a = conv(16, 3)\n  concat((a, in))", "a = conv(16, 3)\n  concat(a, in)"),
    (STEPS, "conv({width}, 3)", "conv(width, 3)"),
    (STEPS, "conv(0x10, 3)", "conv(16, 3)"),
    (STEPS, "conv(0x1F, 3)", "conv(31, 3)"),
    (INPUT, "input (224, 224, 3)", "input 224x224x3"),
    (INPUT, "input(224, 224, 3)", "input 224x224x3"),
    (INPUT, "input [224, 224, 3]", "input 224x224x3"),
    (INPUT, "input (None, None, 3)", "input ?x?x3"),
    (INPUT, "input shape = (32, 32, 3)", "input 32x32x3"),
    (INPUT, "input 32, 32, 3", "input 32x32x3"),
    (INPUT, "input 32*32*3", "input 32x32x3"),
    (INPUT, "input 32 × 32 × 3", "input 32x32x3"),
    (INPUT, "input 32X32X3", "input 32x32x3"),
    (INPUT, "input 32 by 32 by 3", "input 32x32x3"),
    (INPUT, "input 32 32 3", "input 32x32x3"),
    (INPUT, "input: 32x32x3", "input 32x32x3"),
    (INPUT, "input = 32x32x3", "input 32x32x3"),
    (INPUT, "input left (64, 64, 3)", "input left 64x64x3"),
    (FILE, "let widths = {16, 32, 64}", "let widths = [16, 32, 64]"),
    (FILE, "let widths = 16, 32, 64", "let widths = [16, 32, 64]"),
    (FILE, "let widths = (0.5, 0.25)", "let widths = [0.5, 0.25]"),
    (FILE, "let a, b = 1, 2", "let a = 1\nlet b = 2"),
    (FILE, "let a = 1, b = 2", "let a = 1\nlet b = 2"),
    (FILE, "let w = [16 * 2 ** i for i in range(3)]", "let w = [16 * 2 ** 0, 16 * 2 ** 1, 16 * 2 ** 2]"),
    (STEPS, "conv((16, 3))", "conv(16, 3)"),
    (MEMBERS, "stage s { conv(16, 3) }\n  expect s.output == (32, 32, 16)", MEMBERS_EXPECTED),
    (MEMBERS, "stage s { conv(16, 3) }\n  expect s.output == 32, 32, 16", MEMBERS_EXPECTED),
    # brackets for braces, and braces' contents in brackets
    (MEMBERS, "stage s( conv(16, 3) )", "stage s{ conv(16, 3) }"),
    (MEMBERS, "stage s(conv(16, 3) -> norm)", "stage s{conv(16, 3) -> norm}"),
    (MEMBERS, "stage s(2 x basic(16))", "stage s{2 x basic(16)}"),
    (MEMBERS, "stage s(use act = gelu) { basic(16) }", "stage s {\nuse act = gelu\n basic(16) }"),
    (MEMBERS, "stage s(stride = 2, skips off) { basic(16) }", "stage s(stride = 2) {\nskips off\n basic(16) }"),
    (MEMBERS, "stage s { basic(16; }", "stage s { basic(16) }"),
    (FILE, "def b(width):\n  conv(width, 3)\n\n", "block b(width) {\n  conv(width, 3)\n}\n\n"),
    (FILE, "function b(width):\n  conv(width, 3)\n\n", "block b(width) {\n  conv(width, 3)\n}\n\n"),
    # types
    (MEMBERS, "width: int = 3", "let width = 3"),
    (STEPS, "let half: int = width // 2\n  conv(half, 3)", "let half = width // 2\n  conv(half, 3)"),
    (STEPS, "int half = width // 2\n  conv(half, 3)", "let half = width // 2\n  conv(half, 3)"),
    (FILE, "const int n = 3", "let n = 3"),
    (FILE, "block b(width: int, stride: int = 1) { conv(width, 3) }", "block b(width, stride = 1) { conv(width, 3) }"),
    (FILE, "block b(int width) { conv(width, 3) }", "block b(width) { conv(width, 3) }"),
    (FILE, "block b(width: Optional[int] = 3) { conv(width, 3) }", "block b(width = 3) { conv(width, 3) }"),
    (FILE, "block b(width: 64) { conv(width, 3) }", "block b(width = 64) { conv(width, 3) }"),
    (FILE, "block b(width) -> Tensor { conv(width, 3) }", "block b(width) { conv(width, 3) }"),
    (FILE, "block b(width, *args) { conv(width, 3) }", "block b(width) { conv(width, 3) }"),
    # numbers
    (STEPS, "dropout(0,2)", "dropout(0.2)"),
    (STEPS, "leaky_relu(0,01)", "leaky_relu(0.01)"),
    (STEPS, "use drop = drop_path(0,2 * progress)\n  basic(16)", "use drop = drop_path(0.2 * progress)\n  basic(16)"),
    (STEPS, "dropout(50%)", "dropout(0.5)"),
    (STEPS, "dropout(0.5f)", "dropout(0.5)"),
    (STEPS, "dropout(1e-3f)", "dropout(1e-3)"),
    (FILE, "let rate = 0,5", "let rate = 0.5"),
    (FILE, "let many = 25,557,032", "let many = 25_557_032"),
    (FILE, "let many = 25.557.032", "let many = 25_557_032"),
    (FILE, "let many = 25.5 M", "let many = 25.5M"),
    # loops, conditions, indentation
    (STEPS, "for i in range(3) { basic(16) }", "repeat 3 as i { basic(16) }"),
    (STEPS, "for i in range(n - 1):\n    basic(16)\n    norm", "repeat n - 1 as i {\n    basic(16)\n    norm\n  }"),
    (STEPS, "for _ in range(0, 3): basic(16)", "repeat 3 { basic(16) }"),
    (STEPS, "for (int i = 0; i < n; i++) { basic(16) }", "repeat n as i { basic(16) }"),
    (STEPS, "repeat i in range(n) { basic(16) }", "repeat n as i { basic(16) }"),
    (STEPS, "repeat i in 3 { basic(16) }", "repeat 3 as i { basic(16) }"),
    (STEPS, "repeat n x basic(16)", "n x basic(16)"),
    (STEPS, "repeat 3 basic(16)", "3 x basic(16)"),
    (STEPS, "repeat 3 times { basic(16) }", "repeat 3 { basic(16) }"),
    (STEPS, "repeat 3 {{ basic(16) }}", "repeat 3 { basic(16) }"),
    (STEPS, "if kind == 1 then { norm }", "if kind == 1 { norm }"),
    (STEPS, "if kind == 1 then\n    norm\n  end", "if kind == 1 {\n    norm\n  }"),
    (STEPS, "if kind == 1 { norm } elif kind == 2 { act }", "if kind == 1 { norm } else if kind == 2 { act }"),
    (
        STEPS,
        "if kind == 1:\n    norm\n  elif kind == 2:\n    act\n  else:\n    relu",
        "if kind == 1 {\n    norm\n  }\n  else if kind == 2 {\n    act\n  }\n  else {\n    relu\n  }",
    ),
    (STEPS, "if kind == 1: norm else: act", "if kind == 1 { norm } else { act }"),
    (
        STEPS,
        "conv(16, 3, stride = if kind == 1: 2 else: 1, groups = 1)",
        "conv(16, 3, stride = if kind == 1 { 2 } else { 1 }, groups = 1)",
    ),
    (STEPS, "if kind is 1 { norm }", "if kind == 1 { norm }"),
    (STEPS, "if kind is not 1 { norm }", "if kind != 1 { norm }"),
    (STEPS, "if kind in [1, 2] { norm }", "if kind == 1 or kind == 2 { norm }"),
    (MEMBERS, "stage s:\n    3 x basic(16)", "stage s {\n    3 x basic(16)\n  }"),
    (MEMBERS, "stage s:\n    3 x basic(16)\n  }", "stage s {\n    3 x basic(16)\n  }"),
    (MEMBERS, "stage s: 3 x basic(16)", "stage s { 3 x basic(16) }"),
    (MEMBERS, "stage s = basic(16)", "stage s { basic(16) }"),
    (MEMBERS, "stage s = { basic(16) }", "stage s { basic(16) }"),
    (FILE, "block b(width) => conv(width, 3)", "block b(width) { conv(width, 3) }"),
    # names
    (MEMBERS, "stage conv-2 { basic(16) }", "stage conv_2 { basic(16) }"),
    (MEMBERS, 'stage "s" { basic(16) }', "stage s { basic(16) }"),
    (FILE, "block my-block(base-w) { conv(base-w, 3) }", "block my_block(base_w) { conv(base_w, 3) }"),
    (FILE, "network resnet-50.v2 {\n  input 32x32x3\n  stem { conv(16, 3) }\n}", None),
    (STEPS, "low-level = conv(16, 3)\n  add(low-level, in)", "low_level = conv(16, 3)\n  add(low_level, in)"),
    # values and derived networks
    (STEPS, "half = width // 2\n  conv(half, 3)", "let half = width // 2\n  conv(half, 3)"),
    (STEPS, "conv(16, 3, stride == 2)", "conv(16, 3, stride = 2)"),
    (STEPS, "conv(16, 3, stride: 2)", "conv(16, 3, stride = 2)"),
    (STEPS, "conv(16, 3, stride 2, groups 2)", "conv(16, 3, stride = 2, groups = 2)"),
    (STEPS, "conv(16, 3, bias = TRUE)", "conv(16, 3, bias = true)"),
    (MEMBERS, "act = silu\n  stage s { basic(16) }", "use act = silu\n  stage s { basic(16) }"),
    (MEMBERS, "use act: silu\n  stage s { basic(16) }", "use act = silu\n  stage s { basic(16) }"),
    (MEMBERS, "skips = off\n  stage s { basic(16) }", "skips off\n  stage s { basic(16) }"),
    (DERIVED, "network five from net { classes = 5 }", "network five from net(classes = 5) {  }"),
    (
        DERIVED,
        "network five from net(blocks = 1) { classes: 5 }",
        "network five from net(blocks = 1, classes = 5) {  }",
    ),
    (DERIVED, "network five from net { width = 5 }", "network five from net { let width = 5 }"),
    (DERIVED, "network five extends net {}", "network five from net {}"),
    (DERIVED, "network five = net(classes = 5)", "network five from net(classes = 5) {}"),
    (STEPS, "y = conv(16, 3)\n  y + in", "y = conv(16, 3)\n  add(y, in)"),
    (STEPS, "in + conv(16, 1)", "add(in, conv(16, 1))"),
    (STEPS, "in * sigmoid", "mul(in, sigmoid())"),
    (MEMBERS, "skips via off\n  stage s { basic(16) }", "skips off\n  stage s { basic(16) }"),
    # skips
    (STEPS, "norm skip -> act", "norm skip  act"),
    (STEPS, "norm skip from in by add -> act -> norm", "norm skip from in by add  act -> norm"),
    (STEPS, "norm skip via norm -> act by add -> act", "norm skip via norm -> act by add  act"),
    # brackets
    (STEPS, "conv 16, 3 -> norm", "conv(16, 3) -> norm"),
    (STEPS, "conv width, 3", "conv(width, 3)"),
    (STEPS, "conv 16 3", "conv(16, 3)"),
    (STEPS, "dropout 0.5 -> norm", "dropout(0.5) -> norm"),
    (STEPS, "conv[16, 3]", "conv(16, 3)"),
    (STEPS, "conv{16, 3}", "conv(16, 3)"),
    (STEPS, "conv<16, 3>", "conv(16, 3)"),
    (STEPS, "conv(16; 3)", "conv(16, 3)"),
    (MEMBERS, "stage s stride=2 { basic(16) }", "stage s(stride = 2) { basic(16) }"),
    (MEMBERS, "stage s stride 2 { basic(16) }", "stage s(stride = 2) { basic(16) }"),
    (MEMBERS, "stage s: stride = 2 { basic(16) }", "stage s(stride = 2) { basic(16) }"),
    (MEMBERS, "stage s [stride = 2] { basic(16) }", "stage s(stride = 2) { basic(16) }"),
    (MEMBERS, "stage(s) { basic(16) }", "stage s { basic(16) }"),
    (
        MEMBERS,
        "default conv.bias = true\n  stage s { conv(8, 3) }",
        "default conv(bias = true)\n  stage s { conv(8, 3) }",
    ),
    (FILE, "block b width, stride { conv(width, 3) }", "block b(width, stride) { conv(width, 3) }"),
    # counts and arrows
    (STEPS, "norm\n  n // 2 * basic(16)", "norm\n  n // 2 x basic(16)"),
    (STEPS, "(n + 2) // 2 * basic(16)", "(n + 2) // 2 x basic(16)"),
    (STEPS, "basic(16) * 3", "3 x basic(16)"),
    (STEPS, "basic(16) * n", "n x basic(16)"),
    (STEPS, "basic(16) x3", "3 x basic(16)"),
    (STEPS, "[basic(16)] * 3", "3 x basic(16)"),
    (STEPS, "conv(16, 3) | norm | act", "conv(16, 3) -> norm -> act"),
    (STEPS, "conv(16, 3) – norm", "conv(16, 3) -> norm"),
    (STEPS, "conv(16, 3) --> norm ~> act |> relu", "conv(16, 3) -> norm -> act -> relu"),
    (STEPS, "conv(16, 3) - > norm => act > relu", "conv(16, 3) -> norm -> act -> relu"),
    (STEPS, "conv(16, 3) -&gt; norm", "conv(16, 3) -> norm"),
    (STEPS, "self.norm()", "norm()"),
    (STEPS, "conv(16, 3).norm()", "conv(16, 3) -> norm()"),
    (STEPS, "norm (n + 1) x basic(16)", "norm\n(n + 1) x basic(16)"),
    # comments
    (STEPS, "norm // the first layer\n  act", "norm # the first layer\n  act"),
    (INPUT, "input 8x8x3 // the stem", "input 8x8x3 # the stem"),
    (INPUT, "input 8x8x3\n  // our stem (7x7)", "input 8x8x3\n  # our stem (7x7)"),
    (INPUT, "input 8x8x3 % rgb stem follows", "input 8x8x3 # rgb stem follows"),
    (INPUT, "input 8x8x3 -- the stage one", "input 8x8x3 # the stage one"),
    (
        "%s",
        "let k = 3 // the network\nnetwork n { input 8x8x3 stem { conv(k, 3) } }",
        "let k = 3 # the network\nnetwork n { input 8x8x3 stem { conv(k, 3) } }",
    ),
    (INPUT, "Input(shape=(8, 8, 3))", "input 8x8x3"),
    (STEPS, "conv(16, 3) -- the first layer", "conv(16, 3) # the first layer"),
    (STEPS, "norm\n  % activation\n  act", "norm\n  # activation\n  act"),
    (STEPS, "let h = width // half of it\n  conv(h, 3)", "let h = width # half of it\n  conv(h, 3)"),
    (FILE, "let n = 3 -- number of blocks", "let n = 3 # number of blocks"),
    (FILE, "; the number of blocks\nlet n = 3", "# the number of blocks\nlet n = 3"),
    (FILE, "/* blocks,\n * each */\nlet n = 3", "# blocks,\n# each\nlet n = 3"),
    (FILE, 'import "resnet/imagenet" as r', 'import "resnet/imagenet"'),
    (FILE, 'from "resnet/imagenet" import resnet18', 'import "resnet/imagenet"'),
]

UNSURE = [
    (FILE, "let widths = (16, 32)", "write `[16, 32]`, or `16x32` where a size is meant"),
    (FILE, "let blocks = 3,4", "write `3.4` for a fraction or `[3, 4]` for a list"),
    (STEPS, "dense(1,000)", "write `1_000` for thousands or `1.000` for a fraction"),
    (STEPS, "for w in [16, 32]:\n    conv(16, 3)", "write `repeat len([16, 32]) as i { … }`"),
    (STEPS, "y = conv(16, 3)\n  y - in", "write `sub(y, in)`, or `->` where an arrow is meant"),
    (
        MEMBERS,
        "conv2 = 3 x basic(16)",
        "write `stage conv2 { 3 x basic(16) }`, or put it in the braces of another part",
    ),
    (STEPS, "path[0, 1] = conv(16, 3)", "write one number, as in `path[0]`"),
    (STEPS, "skip = in", "write `skip from VALUE`"),
    (STEPS, "norm skip from in -> act", "leave the arrow out: a line end is enough, where this is the next step"),
    (STEPS, "for i in range(3)\n    basic(16)", "write `repeat 3 as i { … }`"),
    (STEPS, "repeat:\n    basic(16)", "write it as in `repeat 3 { … }`"),
    (STEPS, "use norm", "write it as in `use act = silu`"),
    (STEPS, "conv(16, 3) -- norm", "begin it with `#`, or write `->` where an arrow is meant"),
    (MEMBERS, "stage 1 { basic(16) }", "write another name, such as `stage1`"),
    (MEMBERS, "stage s { stride = 2\n basic(16) }", "write `stage s(stride = 2) { … }`, or `let stride = 2`"),
    (MEMBERS, "skips on\n  stage s { basic(16) }", "write `skips via project`, the default, or leave the line out"),
    (FILE, "network n from resnet-50 {}", "write `resnet50`, or `resnet_50`"),
    (
        FILE,
        "network n from resnet18 { classes = 5 }",
        "write `network n from resnet18(classes = 5) { … }`, or `let classes = 5` for a value of its own",
    ),
]

SAID = [
    # the step as a whole, arguments and all
    (STEPS, "3 * basic(16, groups = 2)", "write `3 x basic(16, groups = 2)`"),
    (STEPS, "3 basic(16)", "write `3 x basic(16)`"),
    (STEPS, "(n + 1) basic(16)", "write `(n + 1) x basic(16)`"),
    (STEPS, "2xbasic(16)", "write `2 x basic(16)`, with spaces"),
    (STEPS, "basic(16) x 3", "write `3 x basic(16)`"),
    (STEPS, "basic(16) x (n + 1)", "write `(n + 1) x basic(16)`"),
    (STEPS, "repeat 3 basic(16)", "write `3 x basic(16)`, or `repeat 3 { basic(16) }`"),
    (STEPS, "3 x basic 16, groups = 2", "write `basic(16, groups = 2)`"),
    (STEPS, "3 . basic(16)", "write `3 x basic(16)`"),
    (STEPS, "3 x x basic(16)", "write `x` once"),
    # braces with what they are to hold
    (STEPS, "repeat n basic(16) -> norm", "write `repeat n { basic(16) -> norm }`"),
    (STEPS, "if n > 2 conv(16, 3)", "write `if n > 2 { conv(16, 3) }`"),
    (STEPS, "if n > 2 { norm } else conv(16, 3)", "write `else { conv(16, 3) }`"),
    (STEPS, "repeat 3\n    basic(16)\n    norm", "write `repeat … { … }`"),
    (MEMBERS, "stage s(stride = 2) 3 x basic(16)", "write `stage s(stride = 2) { 3 x basic(16) }`"),
    (MEMBERS, "stage s\n3 x basic(16)\n", "write `stage s { … }`"),
    (FILE, "block b(w) conv(w, 3)", "write `block b(w) { conv(w, 3) }`"),
    # comparisons in words
    (MEMBERS, "expect params is less than 1M", "write `<`"),
    (MEMBERS, "expect depth at most 2", "write `<=`"),
    (MEMBERS, "expect depth is greater than or equal to 2", "write `>=`"),
    (STEPS, "if width is at least 16 { basic(16) }", "write `>=`"),
    # words within a statement, misspelt
    (STEPS, "repeat 3 sa i { basic(16) }", "did you mean `as`?"),
    (STEPS, 'conv(16, 3) sa "first"', "did you mean `as`?"),
    (STEPS, "norm\n  skip form in", "did you mean `from`?"),
    (STEPS, "norm\n  skip alwys via norm", "did you mean `always`?"),
    (MEMBERS, "skips vai pad\n  stage s { basic(32) }", "did you mean `via`?"),
    (MEMBERS, "stage s afer stem { basic(16) }", "did you mean `after`?"),
    (DERIVED, "network a form net {}", "did you mean `from`?"),
    # members and parts in other words
    (INPUT, "inputs = (32, 32, 3)", "write `input 32x32x3`"),
    (INPUT, "input_shape = 32x32x3", "write `input 32x32x3`"),
    (
        MEMBERS,
        "stage s { basic(16) }\n  head two { s -> conv(1, 1) }\n  outputs = [two, head]",
        "write `output two, head`",
    ),
    (DERIVED, "network a from net { remove s }", "write `stage s {}`"),
    (DERIVED, "network a from net { del stage s }", "write `stage s {}`"),
    (DERIVED, "network a from net { without head }", "write `head {}`"),
    (DERIVED, "network a from net { replace stage s { basic(8) } }", "leave it out"),
    (DERIVED, "network a from net { add stage t { basic(8) } }", "leave it out"),
    # names of the same words
    (FILE, "let num_blocks = 3\nblock b(width) { blocks x conv(width, 3) }", "did you mean `num_blocks`?"),
    (DERIVED, "network a from net(num_classes = 5) {}", "did you mean `classes`?"),
    (DERIVED, "network a from resnet50 { head { conv9 -> avgpool(global) } }", "did you mean `conv5`?"),
    # numbers that are none, and what they were to be
    (STEPS, "let hlf = width // 2\n  conv(half, 3)", "did you mean `hlf`?"),
    (FILE, "let j = 3 // head", "write `# head` where a comment is meant, or define `head` in front"),
    (FILE, "let j = 3 *", "add it, or leave the `*` out"),
    (STEPS, "let h = (width // 2 - )\n  conv(h, 3)", "add it, or leave the `-` out"),
    (STEPS, "conv(16,, 3)", "write the argument that is missing, or leave the comma out"),
    (STEPS, "norm -> norm - act", "write `->`"),
    # values and parts, misspelt
    (STEPS, "conv(16, 3)\n  skip from inn", "did you mean `in`?"),
    (STEPS, "conv(16, 3)\n  skip via conv(16, 1) -> norrm", "did you mean `norm`?"),
    (MEMBERS, "stage s after stemm { basic(16) }", "did you mean `stem`?"),
    (MEMBERS, "stage s { basic(16) }\n  expect s.bloks == 1", "did you mean `blocks`?"),
    # steps and texts among arguments
    (STEPS, "conv(16, 3, relu)", "write `conv(16, 3) -> relu`"),
    (STEPS, 'conv(16, 3, "relu")', "write `conv(16, 3) -> relu`"),
    (STEPS, "avgpool(global) -> dense(10, softmax)", "write `dense(10) -> softmax`"),
    (STEPS, 'conv(16, "3x1")', "write `3x1`"),
    (STEPS, "3x3 conv(16)", "write `conv(16, 3)`"),
    (STEPS, "3x1 conv(16, groups = 2) -> norm", "write `conv(16, groups = 2, kernel = 3x1)`"),
    (INPUT, "shape = (32, 32, 3)", "write `input 32x32x3`"),
    (MEMBERS, "stage s after stem(stride = 2) { basic(16) }", "write `stage s(stride = 2) after stem { … }`"),
    # values that are changed
    (STEPS, "side = in -> conv(16, 1)\n  y = conv(16, 3)\n  y += side", "write `y = add(y, side)`"),
    (STEPS, "side = in -> conv(16, 1) -> sigmoid\n  y = conv(16, 3)\n  y *= side", "write `y = mul(y, side)`"),
    # loops over numbers
    (STEPS, "repeat i 3 { basic(16) }", "write `repeat 3 as i { … }`"),
    (STEPS, "repeat 3, i { basic(16) }", "write `repeat 3 as i { … }`"),
    (STEPS, "for i in 3 { basic(16) }", "write `repeat 3 as i { … }`"),
    (STEPS, "for i in n { basic(16) }", "write `repeat n as i { … }`"),
    (STEPS, "for i in n - 1 { basic(16) }", "write `repeat n - 1 as i { … }`"),
]

RIGHT = [
    (STEPS, "n // 2 x basic(16)"),
    (STEPS, "norm\n  (n + 2) // 2 x basic(16)"),
    (STEPS, "conv(width-8, 3)"),
    (STEPS, "conv(max(width, 3) % 5, 3, pad = 1x0)"),
    (STEPS, "let d = width - -8\n  conv(d, 3)"),
    (STEPS, "left = in -> conv(width, 1)\n  out = conv(width, 3)\n  add(left -> norm, out)"),
    (MEMBERS, "stage s { 3x basic(16) }"),
    (MEMBERS, "stage s { basic(16) }\n  expect head.params == 170"),
]


IN_WORDS = [
    (MEMBERS, "dense(10)", "E0120", "put it in the braces of `stem`, `stage NAME` or `head`"),
    (MEMBERS, "3 x basic(16)", "E0120", "put it in the braces of `stem`, `stage NAME` or `head`"),
    (MEMBERS, "Dense(10)", "E0201", "write `dense(10)`, in the braces of `stem`, `stage NAME` or `head`"),
    (MEMBERS, "Dense(10) -> softmax", "E0120", "put it in the braces of `stem`, `stage NAME` or `head`"),
    (MEMBERS, 'compile(optimizer = "adam")', "E0252", "`resnet-dsl train FILE` trains it; how, its options say"),
    (FILE, "fit(epochs = 3)", "E0252", "`resnet-dsl train FILE` trains it"),
    (FILE, "model = network(32x32x3)", "E0125", "write `network model { … }`"),
    (STEPS, "basic(16, skip = false)", "E0108", "`skips off` in the braces of a network, a stage or a block"),
    (STEPS, "conv(16, 3, in = 3)", "E0108", "what flows in stands in front of a step: `a -> relu`"),
    (MEMBERS, "batch_size = 32", "E0252", "`resnet-dsl train FILE --batch-size 128` says it"),
    (FILE, "learning_rate = 0.1", "E0252", "`resnet-dsl train FILE --learning-rate 0.1` says it"),
    (FILE, "lr = 0.1\nblock b(w) { dropout(lr) }", "E0125", "write `let lr = 0.1`"),
    (MEMBERS, "layers = [conv(16, 3), norm]", "E0120", "write `stage layers { conv(16, 3) -> norm }`"),
    (STEPS, "if training { dropout(0.5) }", "E0208", "leave out what asks for it"),
    (STEPS, 'conv(16, 3, use_bias = "false")', "E0202", "write `bias = …`, which takes `true` or `false`"),
    (STEPS, "repeat 3 as { basic(16) }", "E0119", "write it as in `repeat 3 as i { … }`"),
    (
        MEMBERS,
        "stage s(dilation = 2) { basic(16) }",
        "E0202",
        "`stage s` takes `stride`: give `dilation` to its steps, or write `default STEP(dilation = …)` in its braces",
    ),
    (STEPS, "width -> conv(16, 3)", "E0221", "give `width` a value that flows"),
    (STEPS, "basic(16, relu)", "E0208", "`relu` is a step, and stands behind another: `… -> relu`"),
    ("%s", "network n { input x 8x8x3 head { x -> conv(3, 3) } }", "E0108", "choose another name, such as `x_`"),
    (STEPS, "conv(16, 3.5)", "E0206", "write `3` or `4`"),
    (STEPS, "2.5 x basic(16)", "E0221", "write `2` or `3`"),
    (STEPS, "conv(16, half)", "E0206", "write a number, such as `3`"),
    (STEPS, "dropout(half)", "E0206", "write a number, such as `0.5`"),
    # what breaks off, told where it does
    (STEPS, "skip from\n  2 x norm", "E0119", "write it as in `skip from in`"),
    (STEPS, "if n >\n  2 x norm", "E0119", "write behind it what `n` is compared with"),
    (STEPS, "3 x\n  2 x norm", "E0119", "write it as in `3 x basic(64)`"),
    (STEPS, "let half = width //\n  conv(16, 3)", "E0119", "write it on the line of the `//`"),
    (STEPS, "let k =\n  conv(k, 3)", "E0119", "write it on the line of the `=`"),
    (STEPS, "skips\n  basic(16)", "E0125", "write as in `skips off`"),
    (MEMBERS, "default conv\n  stage s { basic(16) }", "E0119", "write as in `default conv(bias = true)`"),
    (MEMBERS, "stage s { basic(16) }\n  expect s.params", "E0119", "write it as in `expect params == 25.6M`"),
    (MEMBERS, "stage s after { basic(16) }", "E0119", "write it as in `stage wide after conv2 { … }`"),
    (MEMBERS, "stage after stem { basic(16) }", "E0119", "write `stage NAME after stem { … }`"),
    (MEMBERS, "stage s after s { basic(16) }", "E0208", "name another part in front of it"),
    (MEMBERS, "if classes > 1 { use act = gelu\n  stage s { basic(16) }", "E0101", "write `}` where it is to end"),
    (STEPS, "conv(16, 3, bias)", "E0119", "write `bias = …`"),
    (MEMBERS, "default conv(bias)\n  stage s { conv(16, 3) }", "E0119", "write `bias = …`"),
    (STEPS, 'skip from "in_"', "E0147", "write `in_`"),
]


def errors(text: str) -> list[Diagnostic]:
    return [one for one in load_text(text).check() if one.severity == "error"]


def edited(text: str, diagnostic: Diagnostic) -> str:
    for edit in sorted(diagnostic.edits, key=lambda edit: -edit.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def followed(text: str) -> str:
    """The text with every sure remedy made, one after the other."""
    for _ in range(8):
        sure = next((one for one in errors(text) if one.sure), None)
        if sure is None:
            return text
        text = edited(text, sure)
    raise AssertionError("the remedies lead in a circle")


@pytest.mark.parametrize(("frame", "wrong", "right"), SURE)
def test_the_remedies_followed_are_what_was_meant(frame: str, wrong: str, right: str | None) -> None:
    text = followed(frame % wrong)
    assert not errors(text)
    assert right is None or text == frame % right


@pytest.mark.parametrize(("frame", "wrong", "remedy"), UNSURE)
def test_where_several_things_may_be_meant_all_are_said(frame: str, wrong: str, remedy: str) -> None:
    first = errors(frame % wrong)[0]
    assert first.help is not None
    assert first.help.startswith(remedy)
    assert not first.sure


@pytest.mark.parametrize(("frame", "wrong", "remedy"), SAID)
def test_the_remedy_is_said_as_a_whole_and_its_edits_are_right(frame: str, wrong: str, remedy: str) -> None:
    (mistake,) = errors(frame % wrong)
    assert mistake.help == remedy
    assert not errors(edited(frame % wrong, mistake))


@pytest.mark.parametrize(("frame", "wrong", "code", "remedy"), IN_WORDS)
def test_a_mistake_is_told_once_with_what_to_do(frame: str, wrong: str, code: str, remedy: str) -> None:
    (mistake,) = (one for one in errors(frame % wrong) if one.code != "E0224")
    assert mistake.code == code
    assert str(mistake.help).startswith(remedy)


def test_every_arrow_of_a_line_is_told_in_one_run() -> None:
    assert [one.code for one in errors(STEPS % "norm --> act ~> norm - > act => norm |> act")] == ["E0110"] * 5


@pytest.mark.parametrize(("frame", "text"), RIGHT)
def test_what_the_language_has_is_no_mistake(frame: str, text: str) -> None:
    assert not errors(frame % text)
