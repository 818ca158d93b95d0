"""Small networks written by hand, for tests that do not need the compiler."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resnet_dsl.weights import InputScaling


@dataclass(frozen=True)
class ByHand:
    """A network of 3x3 convolutions, plain or residual, with everything that carries state: BN, dropout, momentum."""

    name: str = "tiny"
    blocks: int = 1
    residual: bool = True
    input_shape: tuple[int, ...] = (8, 8, 1)
    classes: int = 10
    width: int = 4
    dropout: float = 0.2

    @property
    def depth(self) -> int:
        return 2 + 2 * self.blocks

    @property
    def params(self) -> int:
        return 0

    @property
    def spec_text(self) -> str:
        return f"# {self}\n"

    @property
    def imports(self) -> dict[str, str]:
        return {}

    @property
    def settings(self) -> dict[str, Any]:
        return {"network": self.name, "set": {}, "input": None}

    @property
    def ir_json(self) -> str:
        return f'{{"network": "{self}"}}\n'

    @property
    def ir_sha256(self) -> str:
        return hashlib.sha256(self.ir_json.encode()).hexdigest()

    def telling_apart(self, classes: int) -> str:
        return f"ByHand(classes={classes})"

    def build(self, seed: int, logits: bool, scaling: InputScaling | None = None) -> Any:
        import keras
        from keras import layers

        def convolved(x: Any) -> Any:
            x = layers.Conv2D(self.width, 3, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
            return layers.BatchNormalization()(x)

        given = layers.Input(self.input_shape)
        x = given
        if scaling is not None:
            x = layers.Normalization(mean=scaling.mean, variance=scaling.variance)(x)
        x = layers.ReLU()(convolved(x))
        for _ in range(self.blocks):
            y = convolved(layers.ReLU()(convolved(x)))
            x = layers.ReLU()(layers.Add()([x, y]) if self.residual else y)
        x = layers.GlobalAveragePooling2D()(x)
        if self.dropout:
            x = layers.Dropout(self.dropout)(x)
        x = layers.Dense(self.classes, kernel_initializer="he_normal")(x)
        return keras.Model(given, x if logits else layers.Softmax()(x), name=self.name)

    def save(self, model: Any, path: Path, class_names: tuple[str, ...]) -> None:
        model.save(path)
