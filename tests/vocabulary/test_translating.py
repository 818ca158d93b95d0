"""Calls of Keras and PyTorch, as they are here; what each makes is compared with Keras in test_keras.py."""

import pytest

from resnet_dsl.pipeline import load_text
from resnet_dsl.vocabulary.table import rows
from resnet_dsl.vocabulary.translating import translate

EXACT = {
    "Conv2D(64, 3, padding='same', activation='relu', use_bias=False)": "conv(64, 3) -> relu",
    'Conv2D(width, (3, 1), strides=(2, 2), padding="valid", use_bias=False)': (
        "conv(width, 3x1, stride = 2, pad = valid)"
    ),
    "layers.Conv2D(filters=n * 2, kernel_size=1, use_bias=False, name='first')": 'conv(n * 2, 1) as "first"',
    "tf.keras.layers.Dense(10, activation=tf.nn.softmax)": "dense(10) -> softmax",
    "nn.Conv2d(64, 64, 3, padding=1, groups=64, bias=False)": "conv(64, 3, groups = 64)",
    "nn.Conv2d(3, 8, 5, padding=4, dilation=2, bias=False)": "conv(8, 5, dilation = 2)",
    "nn.ReLU(inplace=True)": "relu",
    "nn.ReLU": "relu",
    "nn.BatchNorm2d(64)": "batchnorm",
    "nn.Linear(512, 10)": "dense(10)",
    "nn.Sequential(nn.Conv2d(3, 8, 1, bias=False), nn.ReLU())": "conv(8, 1) -> relu",
    "nn.MaxPool2d(3, 2, 1)": "maxpool(3, stride = 2)",
    "F.relu(x)": "relu",
    "F.relu(out)": "out -> relu",
    "F.relu(nn.BatchNorm2d(3)(y))": "y -> batchnorm -> relu",
    "Add()([a, b])": "add(a, b)",
    "torch.cat((a, b, c), dim=1)": "concat(a, b, c)",
    "layers.concatenate([a, b])": "concat(a, b)",
    "tf.concat([a, b], -1)": "concat(a, b)",
    "Conv2D(8, 1, use_bias=False)(x)": "conv(8, 1)",
    "Conv2D(8, 1, use_bias=False)(inputs)": "input -> conv(8, 1)",
    "conv(16, 3)(in)": "in -> conv(16, 3)",
    "conv(16, 3, strides=2, activation=relu)": "conv(16, 3, stride = 2) -> relu",
    "conv(16, 3, padding='same')": "conv(16, 3, pad = same)",
    "conv(16, 3, padding=1, use_bias=False)": "conv(16, 3, bias = false, pad = 1)",
    "conv(16, 3, init = tf.keras.initializers.HeNormal())": "conv(16, 3, init = he_normal)",
    "Input(shape=(None, None, 3))": "input ?x?x3",
    "Activation(keras.activations.gelu)": "gelu",
    "LeakyReLU(alpha=0.2)": "leaky_relu(slope = 0.2)",
    "Conv2D(8, 1, use_bias=False, kernel_initializer=HeUniform())": "conv(8, 1, init = he_uniform)",
    "Conv2D(8, 1, use_bias=False, kernel_regularizer=None)": "conv(8, 1)",
    "nn.ZeroPad2d((1, 2, 3, 4))": "zero_pad([[3, 4], [1, 2]])",
    "nn.ConvTranspose2d(8, 4, 4, 2, 1, bias=False)": "conv_transpose(4, 4, stride = 2) -> crop(1)",
    "nn.ConvTranspose2d(8, 4, 3, 2, 1, output_padding=1, bias=False)": (
        "conv_transpose(4, 3, stride = 2) -> crop([1, 0])"
    ),
    "Conv2D(8, 1, use_bias=False, activation='leaky_relu')": "conv(8, 1) -> leaky_relu(slope = 0.2)",
    "Conv2D(8, 1, use_bias=False, bias_initializer='zeros')": "conv(8, 1)",
    "ReLU(6.)": "relu6",
    "ReLU(negative_slope=0.1)": "leaky_relu(slope = 0.1)",
    "GroupNormalization(groups=-1, epsilon=1e-5)": "instancenorm",
    "Reshape((-1,))": "flatten",
    "keras.ops.gelu(x)": "gelu(approximate = true)",
    "nn.gelu(y)": "y -> gelu(approximate = true)",
    "nn.Conv2d(3, 8, 3, padding='same', bias=False)": "conv(8, 3)",
    "nn.max_pool(x, (2, 2))": "maxpool(2, stride = 1)",
    "slim.conv2d(x, 64, [1, 1], biases_initializer=None, weights_initializer=he_normal())": "conv(64, 1) -> relu",
}

USUAL = {
    "Conv2D(64, 3, strides=2, padding='same')": (
        "conv(64, 3, stride = 2, bias = true, pad = same)", "conv(64, 3, stride = 2)"
    ),
    "nn.Conv2d(16, 32, 3, padding=1)": ("conv(32, 3, bias = true)", "conv(32, 3)"),
    "nn.Conv2d(16, 3)": ("conv(16, 3, bias = true, pad = valid)", "conv(16, 3)"),
    "Conv2D(8, 3)": ("conv(8, 3, bias = true, pad = valid)", "conv(8, 3)"),
    "BatchNormalization(momentum=0.99)": ("batchnorm(epsilon = 0.001, momentum = 0.99)", "batchnorm(momentum = 0.99)"),
    "MaxPooling2D((3,3), strides=2)": ("maxpool(3, stride = 2, pad = valid)", "maxpool(3, stride = 2)"),
    "MaxPooling2D(3, strides=2, padding='same')": ("maxpool(3, stride = 2, pad = same)", "maxpool(3, stride = 2)"),
    "Add()([x, shortcut])": ("skip from shortcut", "add(x, shortcut)"),
}  # fmt: skip

LOST = {
    "Conv2D(8, 3, padding='full')": ("padding",),
    "Conv2D(8, 3, kernel_regularizer=l2(1e-4))": ("kernel_regularizer",),
    "Conv2D(8, 3, filters=4)": ("filters",),
    "Conv2D(8, 3, quux=4)": ("quux",),
    "Dense(10, activation=my_activation)": ("activation",),
    "nn.MaxPool2d(2, ceil_mode=True)": ("ceil_mode",),
    "nn.AdaptiveAvgPool2d(7)": ("output_size",),
    "BatchNormalization(axis=1)": ("axis",),
    "nn.ConvTranspose2d(8, 4, 3, 2, 0, output_padding=1)": ("padding",),
    "ReLU(max_value=4)": ("max_value",),
    "Conv2D(8, 3, activation=ReLU(max_value=4))": ("activation",),
    "Conv2D(8, 3, data_format='channels_first')": ("data_format",),
    "GroupNormalization(groups=-1, axis=1)": ("groups", "axis"),
    "nn.BatchNorm2d(8, momentum=None)": ("momentum",),
    "nn.BatchNorm2d(8, track_running_stats=False)": ("track_running_stats",),
    "nn.LayerNorm((8, 4, 4))": ("normalized_shape",),
    "nn.ZeroPad2d((1, 2))": ("padding",),
    "nn.Upsample(scale_factor=1.5)": ("scale_factor",),
    "torch.flatten(x)": ("start_dim",),
    "F.elu(x, 0.5)": ("alpha",),
    "nn.LazyConv2d(8, 3, padding_mode='circular')": ("padding_mode",),
}

UNKNOWN = [
    "Conv2D()",
    "LSTM(64)",
    "torch.cat([a, b])",
    "torch.cat([a, b], dim=2)",
    "Add()([a])",
    "nn.Sequential(nn.LSTM(3, 4))",
    "nn.Sequential(*layers)",
    "F.relu(self.conv1(x))",
]


@pytest.mark.parametrize(("written", "here"), EXACT.items())
def test_a_call_is_written_as_it_is_here(written: str, here: str) -> None:
    found = translate(written)
    assert found is not None
    assert (found.text, found.usual, found.lost) == (here, here, ())
    assert found.exact


@pytest.mark.parametrize(("written", "here"), USUAL.items())
def test_where_a_tool_has_another_default_both_are_said(written: str, here: tuple[str, str]) -> None:
    found = translate(written)
    assert found is not None
    assert (found.text, found.usual) == here
    assert found.complete
    assert not found.exact


@pytest.mark.parametrize(("written", "names"), LOST.items())
def test_what_has_no_counterpart_is_told(written: str, names: tuple[str, ...]) -> None:
    found = translate(written)
    assert found is not None
    assert tuple(name for name, _ in found.lost) == names
    assert not found.complete


@pytest.mark.parametrize("written", UNKNOWN)
def test_what_cannot_be_written_is_not(written: str) -> None:
    found = translate(written)
    assert found is not None
    assert not found.text


@pytest.mark.parametrize("written", ["quux(3)", "in.channels", "my.conv(3)", "Conv2D(3", "Conv2D(3]", "Conv2D({3})"])
def test_what_no_tool_writes_is_left_alone(written: str) -> None:
    assert translate(written) is None


def test_a_border_that_is_said_is_never_left_out() -> None:
    """Keras' `same` pads otherwise than half of the kernel where windows step: what papers have is told beside it."""
    found = translate("Conv2D(8, 3, strides=2, padding='same', use_bias=False)")
    assert found is not None
    assert (found.text, found.usual) == ("conv(8, 3, stride = 2, pad = same)", "conv(8, 3, stride = 2)")


def test_what_a_tool_does_itself_stays_where_a_default_was_changed() -> None:
    written = "default batchnorm(epsilon = 1e-3) nn.BatchNorm2d(8)"
    found = translate(written, written.index("nn"))
    assert found is not None
    assert found.text == "batchnorm(epsilon = 1e-05)"


def test_what_is_said_stays_where_a_default_was_changed() -> None:
    written = "default conv(bias = true) Conv2D(8, 1, use_bias=False)"
    found = translate(written, written.index("Conv2D"))
    assert found is not None
    assert found.text == "conv(8, 1, bias = false)"


def test_a_leaky_relu_of_two_tools_is_not_exact() -> None:
    """Keras' slope is 0.3 where nothing is said, PyTorch's 0.01."""
    either, torch = translate("LeakyReLU()"), translate("nn.LeakyReLU()")
    assert either is not None
    assert torch is not None
    assert not either.exact
    assert torch.exact


def examples() -> list[str]:
    return [one for row in rows() if row.here or row.row for one in row.examples]


@pytest.mark.parametrize("example", examples())
def test_every_example_of_the_table_compiles_as_it_is_translated(example: str) -> None:
    found = translate(example)
    assert found is not None
    assert found.complete
    for text in (found.text, found.usual):
        assert [one.message for one in load_text(network_of(text)).check() if one.severity == "error"] == []


def network_of(step: str) -> str:
    """A network in which a step stands where it can: merges and their like need two values, vectors a vector."""
    if "left, right" in step:
        return f"network n {{ input 32x32x3 stage a {{ left = conv(8, 3) right = conv(8, 3) {step} }} }}"
    front = "avgpool(global)" if step.startswith("dense") else "conv(3, 1)"
    channels = "conv(12, 1) -> " if step.startswith("depth_to_space") else ""
    return f"network n {{ input 32x32x3 stage a {{ {front} -> {channels}{step} }} }}"


def test_a_call_costs_no_more_than_its_text() -> None:
    deep = "nn.Sequential(" * 2_000 + ")" * 2_000
    assert translate(deep) is None
    assert translate("Conv2D(" + "1, " * 100_000 + ")") is None
