"""A spec with another tool's words: one mistake, at the word or the call, whose remedy, followed, compiles."""

import time

import pytest

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.pipeline import load_text

STEM = "network n {\n  input 32x32x3\n  stem {\n    left = conv(16, 3)\n    %s\n  }\n}\n"
HEAD = "network n {\n  input 32x32x3\n  head { avgpool(global) -> %s }\n}\n"
SETTING = "network n {\n  input 32x32x3\n  %s\n  stem { conv(16, 3) -> norm -> act }\n  stage one { basic(16) }\n}\n"
MEMBER = "network n {\n  input 32x32x3\n  %s\n  stem { conv(16, 3) }\n}\n"
BLOCK = "block b(w) {\n  conv(w, 3)\n  %s\n  basic(w)\n}\nnetwork n { input 32x32x3 stage s { b(3) } }\n"

CALLS = [
    (
        STEM,
        "E0201",
        'Conv2D(64, 3, strides=2, padding="same")',
        "conv(64, 3, stride = 2, bias = true, pad = same)",
        False,
    ),
    (STEM, "E0201", "Conv2D(64, (3, 3), padding='same', use_bias=False)", "conv(64, 3)", True),
    (STEM, "E0201", "x = Conv2D(64, 1, use_bias=False)(x)", "conv(64, 1)", True),
    (STEM, "E0201", "x = layers.Conv2D(64, 1, use_bias=False)(left)", "left -> conv(64, 1)", True),
    (STEM, "E0201", "nn.Conv2d(16, 3)", "conv(16, 3, bias = true, pad = valid)", False),
    (STEM, "E0201", "nn.Conv2d(16, 32, 3, padding=1)", "conv(32, 3, bias = true)", False),
    (STEM, "E0201", "nn.ReLU(inplace=True)", "relu", True),
    (STEM, "E0201", "nn.ReLU", "relu", True),
    (STEM, "E0201", "torch.nn.BatchNorm2d(16)", "batchnorm", True),
    (STEM, "E0201", "BatchNormalization(momentum=0.99)", "batchnorm(epsilon = 0.001, momentum = 0.99)", False),
    (STEM, "E0201", "MaxPooling2D((3,3), strides=2)", "maxpool(3, stride = 2, pad = valid)", False),
    (STEM, "E0201", "MaxPooling2D((2, 2))", "maxpool(2)", True),
    (STEM, "E0201", "F.relu(x)", "relu", True),
    (STEM, "E0201", "F.relu(left)", "left -> relu", True),
    (STEM, "E0201", "Add()([left, left])", "add(left, left)", True),
    (STEM, "E0201", "torch.cat([left, left], dim=1)", "concat(left, left)", True),
    (STEM, "E0201", "nn.Sequential(nn.Conv2d(16, 8, 1, bias=False), nn.ReLU())", "conv(8, 1) -> relu", True),
    (STEM, "E0201", "bn", "batchnorm", True),
    (STEM, "E0201", "Activation('relu')", "relu", True),
    (STEM, "E0201", "tf.keras.layers.LeakyReLU(alpha=0.1)", "leaky_relu(slope = 0.1)", True),
    (STEM, "E0201", "Flatten()", "flatten", True),
    (HEAD, "E0201", "nn.Linear(16, 10)", "dense(10)", True),
    (HEAD, "E0201", "Dense(10, activation='softmax')", "dense(10) -> softmax", True),
    (HEAD, "E0201", "linear(10)", "dense(10)", True),
    (SETTING, "E0201", "use act = nn.SiLU()", "silu", True),
    (SETTING, "E0201", "default Conv2D(use_bias = true)", "conv(bias = true)", True),
    (STEM, "E0202", "conv(16, 3, strides = 2)", "conv(16, 3, stride = 2)", True),
    (STEM, "E0202", "conv(16, kernel_size = 3)", "conv(16, 3)", True),
    (STEM, "E0202", "conv(filters = 16, kernel = 3)", "conv(16, 3)", True),
    (STEM, "E0202", 'conv(16, 3, padding = "same")', "conv(16, 3, pad = same)", True),
    (STEM, "E0202", "conv(16, 3, strides = 2, padding='same')", "conv(16, 3, stride = 2, pad = same)", True),
    (STEM, "E0202", "conv(16, 3, padding='valid')", "conv(16, 3, pad = valid)", True),
    (STEM, "E0202", "conv(16, 3, activation = relu)", "conv(16, 3) -> relu", True),
    (STEM, "E0202", "maxpool(pool_size = 2)", "maxpool(2)", True),
    (STEM, "E0202", "leaky_relu(negative_slope = 0.1)", "leaky_relu(slope = 0.1)", True),
    (STEM, "E0202", "groupnorm(num_groups = 4)", "groupnorm(groups = 4)", True),
    (STEM, "E0202", "batchnorm(eps = 1e-3)", "batchnorm(epsilon = 1e-3)", True),
    (STEM, "E0202", "softmax(axis = -1)", "softmax", True),
    (STEM, "E0202", "upsample(size = 2)", "upsample(factor = 2)", True),
    (STEM, "E0201", "MaxPool(2)", "maxpool(2)", True),
    (STEM, "E0201", "torch.flatten(x, 1)", "flatten", False),
    (STEM, "E0202", "basic(16, strides = 2)", "stride", True),
    (STEM, "E0202", 'conv(16, 3, name = "first")', 'conv(16, 3) as "first"', True),
    (HEAD, "E0202", "dropout(p = 0.5)", "dropout(0.5)", True),
    (HEAD, "E0202", "dense(10, activation = softmax)", "dense(10) -> softmax", True),
    (SETTING, "E0202", "default conv(use_bias = true)", "conv(bias = true)", True),
    (STEM, "E0206", 'conv(16, 3, init = "kaiming_normal")', "he_normal", True),
    (STEM, "E0206", 'conv(16, 3, pad = "SAME")', "same", True),
    (STEM, "E0206", "conv(16, 3, init = HeNormal())", "he_normal", True),
    (STEM, "E0206", "conv(16, 3, init = tf.keras.initializers.HeNormal())", "he_normal", True),
    (SETTING, "E0201", "default nn.Conv2d(bias=False)", "conv(bias = false)", True),
    (SETTING, "E0201", "default BatchNormalization(momentum=0.99)", "batchnorm(momentum = 0.99)", True),
    (STEM, "E0206", "conv(16, 3, init = xavier_uniform)", "glorot_uniform", True),
    (STEM, "E0201", "inputs -> conv(16, 3)", "input", False),
    (STEM, "E0202", "conv(16, (3, 3), bias=False, activation='relu')", "conv(16, 3, bias = false) -> relu", True),
    (STEM, "E0201", "F.interpolate(left, size=(64, 64))", "left -> resize(size = 64x64)", False),
    (SETTING, "E0100", 'use act = "relu"', "relu", True),
    (SETTING, "E0100", "use act = 'swish'", "silu", True),
    (SETTING, "E0100", 'use norm = "batch_norm"', "batchnorm", True),
    (STEM, "E0208", "skip from inputs via project", "input", False),
    (SETTING, "E0214", "use activation = silu", "act", True),
    (SETTING, "E0214", "use normalization = groupnorm(8)", "norm", True),
    (STEM, "E0251", "conv(16, 3)(left)", "left -> conv(16, 3)", True),
    (STEM, "E0251", "relu(left)", "left -> relu", True),
    (STEM, "E0248", "relu(conv(16, 3))", "conv(16, 3) -> relu", False),
    (STEM, "E0252", "model.add(Conv2D(32, 1, use_bias=False))", "conv(32, 1)", True),
    (STEM, "E0124", "x = x + left", "skip from left", False),
    (STEM, "E0124", "x += left", "skip from left", False),
    (
        STEM,
        "E0124",
        "shortcut = left out = left -> conv(16, 3)\n    out += shortcut",
        "out = add(out, shortcut)",
        False,
    ),
    (
        STEM,
        "E0201",
        "x = DepthwiseConv2D(3, padding='same', use_bias=False)(left)",
        "left -> conv(left.channels, 3, groups = left.channels)",
        True,
    ),
    (STEM, "E0201", "conv1x1(16, 8)", "conv(8, 1)", True),
    (STEM, "E0201", "conv3x3(16, 8, stride=2)", "conv(8, 3, stride = 2)", True),
    (STEM, "E0124", "y = left + left", "y = add(left, left)", False),
    (STEM, "E0124", "y = left - left", "y = sub(left, left)", False),
    (STEM, "E0124", "x = 0.5 * left", "left -> scale(0.5)", False),
    (STEM, "E0108", "x = conv(16, 3)", "", True),
    (STEM, "E0108", "x = left -> relu", "", True),
    (STEM, "E0252", "layers.append(conv(16, 3))", "conv(16, 3)", True),
    (STEM, "E0252", 'net.add_module("a", conv(16, 3))', "conv(16, 3)", True),
    (
        STEM,
        "E0107",
        '{"type": "Conv2D", "filters": 16, "kernel_size": (3, 3), "padding": "same", "use_bias": False}',
        "conv(16, 3)",
        False,
    ),
    (STEM, "E0201", "dict(type='Conv2d', out_channels=16, kernel_size=1, bias=False)", "conv(16, 1)", True),
    (STEM, "E0201", "x = BatchNormalization(epsilon=1e-5, momentum=0.9)(x, training=training)", "batchnorm", True),
    (STEM, "E0115", '"""A stem."""', "# A stem.", True),
    (SETTING, "E0122", "skip off", "skips", True),
    (BLOCK, "E0122", "skip off", "skips", True),
]


def applied(text: str, diagnostic: Diagnostic) -> str:
    for span, written in sorted(diagnostic.edits, key=lambda edit: -edit.span.start):
        text = text[: span.start] + written + text[span.end :]
    return text


@pytest.mark.parametrize(("around", "code", "written", "here", "sure"), CALLS, ids=[one[2] for one in CALLS])
def test_the_one_mistake_is_told_with_a_remedy_that_compiles(
    around: str, code: str, written: str, here: str, sure: bool
) -> None:
    text = around % written
    found = [one for one in load_text(text).check() if one.severity == "error"]
    assert [one.code for one in found] == [code]
    (mistake,) = found
    assert mistake.place is not None
    start = text.index(written)
    assert start <= mistake.place.span.start < mistake.place.span.end <= start + len(written)
    assert [edit.text for edit in mistake.edits] == [here]
    assert mistake.sure is sure
    assert code not in {one.code for one in load_text(applied(text, mistake)).check()}
    assert [one.message for one in load_text(applied(text, mistake)).check() if one.severity == "error"] == []


TOLD = [
    (STEM, "E0201", "LSTM(64)", "no recurrent layers"),
    (STEM, "E0201", "Embedding(1000, 64)", "takes numbers"),
    (STEM, "E0201", "Lambda(lambda x: x * 2)", "no code stands in a spec"),
    (STEM, "E0201", "BasicBlock(64)", "`basic(width, stride = 1)`"),
    (STEM, "E0201", "SEBlock(16)", "`use attn = se(16)`"),
    (STEM, "E0201", "SeparableConv2D(64, (3, 3))", "`conv(C, 3, groups = C, pad = valid) -> conv(64, 1, bias = true)`"),
    (STEM, "E0201", "Conv2D()", "`conv(channels, kernel)`"),
    (STEM, "E0201", "Conv2D(64, 3, kernel_regularizer=l2(0.1))", "weight decay"),
    (STEM, "E0201", "Input(shape=(224, 224, 3))", "`input 224x224x3`"),
    (
        STEM,
        "E0201",
        "3 x Conv2D(16, 3, activation = relu)",
        "`block NAME { conv(16, 3, bias = true, pad = valid) -> relu }`",
    ),
    (STEM, "E0202", "conv(16, 3, kernel_regularizer = 3)", "leave it out"),
    (STEM, "E0202", "basic(16, activation = relu)", "leave it out"),
    (STEM, "E0251", "basic(16)(left)", "`VALUE -> basic(…)`"),
    (STEM, "E0252", "return left", "leave it out"),
    (STEM, "E0252", "import keras", "leave the line out"),
    (STEM, "E0252", "from keras import layers", "leave the line out"),
    (STEM, "E0252", "self.conv = nn.Conv2d(3, 3, 3)", "where it flows"),
    (STEM, "E0252", "x = self.conv(x)", "where it flows"),
    (STEM, "E0252", "model.compile(optimizer='adam')", "`resnet-dsl train FILE`"),
    (STEM, "E0252", "print(model.summary())", "`resnet-dsl summary FILE`"),
    (STEM, "E0252", "super().__init__()", "leave it out"),
    (STEM, "E0252", "x = x.view(x.size(0), -1)", "`flatten`"),
    (STEM, "E0252", "left.mean([2, 3])", "`avgpool(global)`"),
    (STEM, "E0201", "layers.Concatenate(axis=1)([left, left])", "channels are the last axis"),
    (STEM, "E0201", "tf.pad(left, [[0, 0], [1, 1], [1, 1], [0, 0]])", "docs/coming_from.md"),
    (STEM, "E0201", "nn.Con2d(3, 64, 3)", "did you mean `nn.Conv2d`?"),
    (
        STEM,
        "E0201",
        'DepthwiseConv2D(3, strides=2, padding="same")',
        "`conv(C, 3, stride = 2, groups = C, bias = true, pad = s",
    ),
    (
        STEM,
        "E0201",
        "DepthwiseConv2D(5, depth_multiplier=2, padding='same')",
        "`conv(2 * C, 5, groups = C, bias = true)`",
    ),
    (STEM, "E0201", "SpatialDropout2D(0.3)", "`dropout(0.3)`"),
    (STEM, "E0202", "conv(16, 3, name = quux)", "leave it out"),
    (STEM, "E0251", "relu(None)", "`VALUE -> relu(…)`"),
    (STEM, "E0252", "conv(16, 3, **kwargs)", "write each argument"),
    (STEM, "E0252", "conv(*args)", "write each argument"),
    (STEM, "E0252", "a, b = conv(16, 3), conv(8, 3)", "a line for each"),
    (STEM, "E0252", "f = lambda x: relu(x)", "`block NAME(parameters) { … }`"),
    (STEM, "E0252", "x = lambda y: y", "`block NAME(parameters) { … }`"),
    (STEM, "E0252", "with tf.device('gpu'):\n    conv(16, 3)", "what stands inside"),
    (STEM, "E0252", "identity = x", "`identity = in`"),
    (STEM, "E0252", "layers = [conv(16, 3), relu]", "write `conv(16, 3) -> relu`"),
    (STEM, "E0252", "[conv(16, 3), relu]", "write `conv(16, 3) -> relu`"),
    (STEM, "E0252", "layers = []", "leave it out"),
    (STEM, "E0201", "hk.Conv2D(16, 3)(left)", "docs/coming_from.md"),
    (STEM, "E0201", "paddle.nn.BatchNorm2D(3)", "docs/coming_from.md"),
    (STEM, "E0107", "while True:\n      conv(16, 3)", "`repeat COUNT { … }`"),
    (
        STEM,
        "E0107",
        "for i, f in enumerate(widths):\n      conv(f, 3)",
        "`repeat len(widths) as i { … }`, and `widths[i]` for `f`",
    ),
    (
        STEM,
        "E0107",
        "for a, b in zip(ws, ks):\n      conv(a, b)",
        "`repeat len(ws) as i { … }`, and `ws[i]`, `ks[i]` for",
    ),
    (STEM, "E0252", "x.shape", "the name that it is given"),
    (STEM, "E0252", "x = x[:, :16]", "the name that it is given"),
    (MEMBER, "E0252", "model.add(dense(10))", "`dense(10)`, in the braces of `stem`"),
    (MEMBER, "E0252", "model.add(Conv2D(16, 3))", "in the braces of `stem`"),
    (MEMBER, "E0252", "super().__init__()", "leave it out"),
    (MEMBER, "E0252", "x = lambda y: y", "`block NAME(parameters) { … }`"),
    (MEMBER, "E0120", "x = conv(16, 3)", "`conv(16, 3)`, without `x =`, in the braces of `stem`"),
    (MEMBER, "E0120", "x = conv(16, 3) -> relu", "without `x =`"),
    (MEMBER, "E0201", "model = keras.Model(inputs, outputs)", "`network NAME { … }`"),
]


@pytest.mark.parametrize(("around", "code", "written", "remedy"), TOLD, ids=[one[2] for one in TOLD])
def test_what_cannot_be_written_is_told_with_what_to_do(around: str, code: str, written: str, remedy: str) -> None:
    found = [one for one in load_text(around % written).check() if one.severity == "error"]
    assert [one.code for one in found] == [code]
    assert remedy in (found[0].help or "")
    assert not found[0].sure or remedy == "leave the line out"


FILES = {
    "JSON": '{\n  "layers": [{"type": "Conv2D", "filters": 16}]\n}\n',
    "YAML": "name: n\ninput: [32, 32, 3]\nlayers:\n  - conv: 16\n",
    "TOML": '[network]\nname = "n"\n',
    "prototxt": 'name: "n"\ninput: "data"\nlayer {\n  type: "Convolution"\n}\n',
    "XML": "<net><conv filters='16'/></net>\n",
    "Python": "model = dict(\n    type='ImageClassifier',\n    backbone=dict(type='ResNet', depth=50))\n",
}


@pytest.mark.parametrize(("form", "text"), FILES.items())
def test_a_file_of_settings_is_one_mistake(form: str, text: str) -> None:
    (found,) = load_text(text).check()
    assert (found.code, found.edits) == ("E0107", ())
    assert found.message == f"this reads like {form}, and a spec has a form of its own"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("network n(nn.Module) { input 32x32x3 stem { conv(16, 3) } }\n",
         "network n { input 32x32x3 stem { conv(16, 3) } }\n"),
        ("block b(x, w) { conv(w, 3) }\nnetwork n { input 32x32x3 stem { b(8) } }\n",
         "block b(w) { conv(w, 3) }\nnetwork n { input 32x32x3 stem { b(8) } }\n"),
    ],
)  # fmt: skip
def test_what_a_header_has_elsewhere_is_left_out(written: str, meant: str) -> None:
    (found,) = load_text(written).check()
    assert found.sure
    assert applied(written, found) == meant
    assert load_text(meant).check() == ()


OWN = [
    "block Conv2D(w, k) { conv(w, k) }",
    "block linear(w, k) { conv(w, k) }",
    "block bn(w, k) { conv(w, k) }",
    "block returning(w, k) { conv(w, k) }",
]


@pytest.mark.parametrize("block", OWN)
def test_what_the_file_itself_defines_is_meant(block: str) -> None:
    name = block.split()[1].split("(", maxsplit=1)[0]
    text = f"{block}\nnetwork n {{\n  input 32x32x3\n  stem {{ {name}(8, 3) }}\n}}\n"
    assert load_text(text).check() == ()


def test_a_block_of_the_file_with_the_name_of_a_layer_is_not_translated() -> None:
    text = "block Conv2D(w, k) { conv(w, k) }\nnetwork n {\n  input 32x32x3\n  stem { Conv2D(8, (3, 3)) }\n}\n"
    assert "E0201" not in {one.code for one in load_text(text).check()}


@pytest.mark.parametrize(
    ("definition", "written", "remedy"),
    [
        ("block res_block(width) { conv(width, 3) }", "ResBlock(8)", "did you mean `res_block`?"),
        ("block unit(width, norm_layers = 1) { conv(width, 3) }", "unit(8, norm_layer = 2)", "norm_layers"),
        ("block crop(strides) { conv(strides, 3) }", "crop(stride = 2)", "strides"),
        ("block crop(size) { conv(size, 3) }", "crop(target_shape = 2)", "write `size = 2`"),
    ],
)
def test_what_the_file_has_nearby_comes_before_other_tools(definition: str, written: str, remedy: str) -> None:
    found = load_text(f"{definition}\nnetwork n {{ input 32x32x3 stem {{ {written} }} }}\n").check()
    assert any(remedy in (one.help or "") for one in found), [one.help for one in found]


def test_a_slot_and_a_value_of_the_name_are_meant() -> None:
    text = "slot bn = batchnorm\nnetwork n {\n  input 32x32x3\n  stem { fc = conv(8, 3) -> bn fc -> relu }\n}\n"
    assert load_text(text).check() == ()


def test_a_docstring_of_several_lines_becomes_as_many_comments() -> None:
    text = 'block b(w) {\n  """Two.\n\n  And more.\n  """\n  conv(w, 3)\n}\n'
    (found,) = load_text(text).check()
    assert applied(text, found) == "block b(w) {\n  # Two.\n  # And more.\n  conv(w, 3)\n}\n"


KERAS = '''\
block residual(filters, stride = 1) {
  x = Conv2D(filters, 3, strides=stride, padding='same')(in)
  x = BatchNormalization()(x)
  shortcut = Conv2D(filters, 1, strides=stride)(in)
  x = Add()([x, shortcut])
  return Activation('relu')(x)
}

network mine(classes = 10) {
  input = Input(shape=(32, 32, 3))
  stem { Conv2D(16, (3, 3), padding="same") -> ReLU() }
}

block other(width) { """Another.""" conv(width, 3) }
'''


def test_each_word_of_keras_is_one_mistake() -> None:
    """A line with `return` and a layer holds two, and so does one with two layers."""
    found = load_text(KERAS).check()
    assert [one.place.span.source.position(one.place.span.start)[0] for one in found if one.place] == [
        2, 3, 4, 5, 6, 6, 10, 11, 11, 14,
    ]  # fmt: skip


def test_a_script_is_one_mistake_and_no_let_is_missing() -> None:
    (found,) = load_text("inputs = keras.Input(shape=(224, 224, 3))\nx = layers.ReLU()(inputs)\n").check()
    assert (found.code, found.help) == ("E0201", "write `input 224x224x3`, directly in the network's braces")


def test_a_class_is_one_mistake() -> None:
    (found,) = load_text("class Net(nn.Module):\n    def forward(self, x):\n        return F.relu(x)\n").check()
    assert (found.code, found.place and found.place.span.text) == ("E0252", "class Net(nn.Module):")


def test_a_definition_of_the_name_of_a_layer_is_no_call() -> None:
    assert "E0201" not in {one.code for one in load_text("network BasicBlock(nn.Module) {}\n").check()}
    assert "E0201" not in {one.code for one in load_text("class BasicBlock(nn.Module):\n").check()}


def test_many_foreign_calls_cost_no_more_than_their_text() -> None:
    start = time.process_time()
    found = load_text(STEM % ("Conv2D(64, (3, 3), padding='same')\n" * 3_000)).check()
    assert len(found) >= 100
    load_text(STEM % ("f(" * 90 + "Conv2D(1, (2, 2))" + ")" * 90)).check()
    assert time.process_time() - start < 2
