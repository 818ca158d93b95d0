"""Every network that ships is predicted, or refused by name; and its paths are counted."""

from __future__ import annotations

from math import isfinite

import pytest

from resnet_dsl import pipeline, shipped
from resnet_dsl.analyses.paths import paths
from resnet_dsl.laboratory.signal import UnpredictableError, predict

REFUSED = {
    "botnet26t_256": "attention",
    "skresnet18": "shares weights out",
    "resnest50d": "shares weights out",
    "siamese_omniglot": "again",
    "retinanet_resnet50_fpn": "again",
    **dict.fromkeys(("deeplabv3_resnet50", "deeplabv3_resnet50_aux", "fcn_resnet50", "fcn_resnet50_aux"), "resize"),
}


def sized(spec: pipeline.LoadedSpec, name: str) -> pipeline.Compiled:
    """The network; lengths that it leaves open are 64."""
    shapes = spec.compile(name).facts.input_shapes
    sizes = {one: tuple(n if isinstance(n, int) else 64 for n in shape) for one, shape in shapes.items()}
    return spec.compile(name, input_size=sizes)


@pytest.mark.slow
@pytest.mark.parametrize("file", list(shipped.shipped_files()), ids=lambda file: "_".join(file.networks[:1]))
def test_shipped_networks(file: shipped.ShippedFile) -> None:
    for name in file.networks:
        compiled = sized(pipeline.load(file.path), name)
        if compiled.graph.inputs == len(compiled.graph.outputs) == 1:
            assert paths(compiled.graph).count >= 1
        if name in REFUSED:
            with pytest.raises(UnpredictableError, match=REFUSED[name]):
                predict(compiled.graph, compiled.shapes)
            continue
        signal = predict(compiled.graph, compiled.shapes)
        assert all(isfinite(layer.activation) and isfinite(layer.gradient) for layer in signal.layers)
        assert signal.layers[-1].gradient > 0
        assert signal.words.startswith((f"{name}: ", f"{name} ("))  # on each way of several


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("cifar_plain20", "holds"),
        ("cifar_plain56", "explodes"),
        ("cifar_plain110", "explodes"),
        ("cifar_resnet20", "holds"),
        ("cifar_resnet56", "holds"),
        ("cifar_resnet110", "holds"),
        ("resnet50", "holds"),
    ],
)
def test_verdicts(name: str, verdict: str) -> None:
    path = shipped.find(name)
    assert path is not None
    compiled = pipeline.load(path).compile(name)
    assert predict(compiled.graph, compiled.shapes).verdict == verdict
