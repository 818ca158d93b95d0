"""What boxes and parts are called in the picture."""

from __future__ import annotations

from typing import TypeAlias

from resnet_dsl.targets.figure.formats.groups import Grouped, Ids
from resnet_dsl.targets.figure.layout.geometry import Geometry, Within

Names: TypeAlias = "dict[str | Within, str]"
"""Of boxes by their keys, of parts by their ways."""


def names_of(found: Grouped, geometry: Geometry) -> Names:
    """The names of boxes by their keys, and of parts by their ways: letters, digits and hyphens, ``rd-`` before."""
    ids = Ids([])
    plain: dict[str, str] = {}
    for one in (*found.ids.values(), *found.ends.values()):
        if one not in plain:
            plain[one] = ids.of(f"rd-{one}".replace("_", "-").replace(".", "-").replace("--", "-"))
    wanted: list[tuple[str | Within, str]] = [(box.key, found.ends[box.key]) for box in geometry.boxes]
    names: Names = {}
    free = dict(plain)
    for key, one in (*wanted, *found.ids.items()):
        names[key] = free.pop(one) if one in free else ids.of(plain[one])
    return names
