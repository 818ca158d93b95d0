"""One step of training on a member of every family, on small images."""

from __future__ import annotations

import numpy as np
import pytest

from resnet_dsl.targets.keras import to_keras
from tests.specs.family import spec

pytestmark = pytest.mark.slow
keras = pytest.importorskip("keras")

MEMBERS = [
    ("tutorial/first.resnet", "first_smooth", 32),
    ("tutorial/own_block.resnet", "two_view_network", 32),
    ("resnet/imagenet.resnet", "resnet18", 64),
    ("resnet/imagenet.resnet", "plain18", 64),
    ("resnet/caffe.resnet", "caffe_resnet50", 64),
    ("cifar/cifar.resnet", "cifar_resnet20", 32),
    ("keras_applications/v1.resnet", "keras_resnet50", 64),
    ("keras_applications/v2.resnet", "keras_resnet50v2", 64),
    ("keras_hub/vd.resnet", "keras_hub_resnet_vd18", 64),
    ("resnext/resnext.resnet", "resnext50_32x4d", 64),
    ("wide/cifar.resnet", "cifar_wrn16_8", 32),
    ("preact/imagenet.resnet", "resnetv2_18", 64),
    ("tricks/stems.resnet", "resnet10t", 64),
    ("tricks/antialiased.resnet", "resnetblur50", 64),
    ("tricks/rs.resnet", "resnetrs50", 64),
    ("tricks/dilated.resnet", "resnet50_os16", 64),
    ("tricks/regularised.resnet", "resnet50_stochastic_depth", 64),
    ("tricks/regularised.resnet", "resnet50_dropblock", 128),
    ("normalisation/groupnorm.resnet", "resnet50_gn", 64),
    ("normalisation/bit.resnet", "resnetv2_50x1_bit", 64),
    ("normalisation/frn.resnet", "resnetv2_50d_evos", 64),
    ("normalisation/frn.resnet", "resnetv2_50d_frn", 64),
    ("normalisation/fixup.resnet", "fixup_resnet50", 64),
    ("attention/se.resnet", "seresnet18", 64),
    ("attention/eca.resnet", "ecaresnet26t", 64),
    ("attention/cbam.resnet", "cbam_resnet50", 64),
    ("attention/sk.resnet", "skresnet18", 64),
    ("attention/resnest.resnet", "resnest50d", 64),
    ("attention/botnet.resnet", "botnet26t_256", 64),
    ("res2net/res2net.resnet", "res2net50_26w_4s", 64),
    ("regnet/regnet.resnet", "regnety_032", 64),
    ("convnext/convnext.resnet", "convnext_tiny", 64),
    ("nfnet/nfnet.resnet", "dm_nfnet_f0", 64),
    ("densenet/cifar.resnet", "cifar_densenet100_bc", 32),
    ("dla/dla.resnet", "dla34", 64),
    ("hrnet/hrnet.resnet", "hrnet_w18", 64),
]


@pytest.mark.parametrize(("file", "network", "pixels"), MEMBERS, ids=[member[1] for member in MEMBERS])
def test_a_step_of_fit_moves_the_weights(file: str, network: str, pixels: int) -> None:
    compiled = spec(file).compile(network, overrides={"classes": 10}, input_size=(pixels, pixels, 3))
    model = to_keras(compiled.graph, compiled.shapes, seed=1)
    model.compile(keras.optimizers.SGD(1e-3), "sparse_categorical_crossentropy", run_eagerly=True)
    before = [variable.numpy().copy() for variable in model.trainable_variables]

    images = np.random.default_rng(0).normal(size=(4, pixels, pixels, 3)).astype("float32")
    history = model.fit(images, np.arange(4), batch_size=4, epochs=1, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    after = [variable.numpy() for variable in model.trainable_variables]
    assert all(np.isfinite(array).all() for array in after)
    # Zero-initialised ends keep the gradient from what lies before them in the first step; the last layer always moves.
    assert (after[-1] != before[-1]).any()
    assert [array.shape for array in after] == [array.shape for array in before]
