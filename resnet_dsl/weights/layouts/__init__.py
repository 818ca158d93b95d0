"""Layouts: what other libraries call the weights of the same networks, and how their axes stand.

    names in a file -> choosing: one layout in which all fit -> arranging: arrays by our nodes, in our axes; and back

Names come from tables (``tables/*.toml``), one a library and family of networks. Nothing goes by shapes.
"""

from __future__ import annotations

from resnet_dsl.weights.layouts.arranging import Arranged, arranged, foreign
from resnet_dsl.weights.layouts.choosing import AUTO, OWN, layout_names
from resnet_dsl.weights.layouts.places import NodePlace, places

__all__ = ["AUTO", "OWN", "Arranged", "NodePlace", "arranged", "foreign", "layout_names", "places"]
