"""What is asked of several networks at once: a figure, a table, what tells two apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from resnet_dsl.api.network import Network
from resnet_dsl.api.views import Diff, Table

if TYPE_CHECKING:
    from resnet_dsl.analyses.network import Facts
    from resnet_dsl.targets.figure import Figure


def diff(left: Network, right: Network) -> Diff:
    """What tells two networks apart (``resnet-dsl diff``): shapes, counts, steps, arguments, wiring; left first.

    Two networks of one name are called with their parameters, or ``left`` and ``right``. Raises Failure where they are
    too large to be compared.
    """
    from resnet_dsl.analyses.difference import difference

    first, second = _names([left, right])
    names = (first, second) if first != second else ("left", "right")
    return Diff(difference(left.compiled.facts, right.compiled.facts, names))


def table(networks: Network | Sequence[Network], *, rows: bool = False, baseline: Network | None = None) -> Table:
    """Networks as a table (``resnet-dsl table``): stages in rows, networks in columns (He et al. 2015, Table 1).

    rows: a row for each network with its counts instead. baseline: rows, with the differences from this network, which
    comes first, and a mark for each thing that tells the two apart. Networks of one name have their parameters in it:
    ``tiny(width=8)``.
    """
    from resnet_dsl.targets.table import Listed, list_networks, tabulate

    given = _each(networks)
    if baseline is None and not rows:
        return Table(tabulate(_facts(given), _names(given)))
    every = [*given, *(() if baseline is None else (baseline,))]
    listed = [Listed(name, one.compiled.facts) for name, one in zip(_names(every), every, strict=True)]
    return Table(list_networks(listed[: len(given)], None if baseline is None else listed[-1]))


def figure(networks: Network | Sequence[Network], level: str | None = None, **options: Any) -> Figure:
    """A network as a figure, or several side by side (``resnet-dsl draw``).

    level and options are those of ``resnet_dsl.targets.figure.figure``; titles are the networks' names, of one name
    with their parameters.
    """
    from resnet_dsl.targets.figure import figure as draw

    given = _each(networks)
    return draw(_facts(given), level, **{"titles": _names(given), **options})


def _each(networks: Network | Sequence[Network]) -> Sequence[Network]:
    return (networks,) if isinstance(networks, Network) else networks


def _facts(networks: Sequence[Network]) -> list[Facts]:
    return [one.compiled.facts for one in networks]


def _names(networks: Sequence[Network]) -> list[str]:
    """What each is called, those of one name with the parameters that they were asked for: ``tiny(width=8)``."""
    names = Counter(one.name for one in networks)
    return [one.name if names[one.name] == 1 else _asked(one) for one in networks]


def _asked(network: Network) -> str:
    given = network.compiled.whole.asked.overrides
    return f"{network.name}({', '.join(f'{name}={value}' for name, value in given.items())})" if given else network.name
