"""Models of Keras, read into flat networks: from files, and in hand.

    description -> structure: calls in an order of execution, models within models in their places
                -> reader: each call by the rule of its kind (rules/), several as one operation (composites, pattern)

Nothing of a file is run: Keras' description is data, and every layer that is read has a rule here.
"""

from __future__ import annotations

from resnet_dsl.importing.keras.files import read_keras
from resnet_dsl.importing.keras.in_hand import flat_of_model

__all__ = ["flat_of_model", "read_keras"]
