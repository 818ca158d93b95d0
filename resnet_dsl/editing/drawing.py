"""The figure of a network beside its text."""

from __future__ import annotations

from typing import NamedTuple

from resnet_dsl.editing.document import Document
from resnet_dsl.failure import Failure
from resnet_dsl.targets.figure import THEMES, figure


class Drawn(NamedTuple):
    """An SVG, or None and one sentence that tells why; ``networks``: all of the text, in its order."""

    network: str | None
    networks: list[str]
    svg: str | None
    told: str | None = None


def draw(document: Document, network: str | None = None, theme: str | None = None) -> Drawn:
    """A network of the text, by its name, or the first one; ``theme``: a name of those that ship."""
    networks = [*document.spec.networks]
    name = network if network is not None else next(iter(networks), None)
    if name is None:
        return Drawn(None, networks, None, "the text defines no network")
    facts = document.facts_of(name)
    if facts is None:
        known = name in networks
        return Drawn(name, networks, None, f"`{name}` holds a mistake" if known else f"there is no network `{name}`")
    try:
        return Drawn(name, networks, figure(facts, theme=theme if theme in THEMES else "light").svg())
    except Failure as failure:
        return Drawn(name, networks, None, str(failure))
