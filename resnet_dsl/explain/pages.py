"""The words of the language and its quantities: a page for each, and the passages of the reference that speak of it.

What a word is stands in words.md and quantities.md, in a section of its own; the rules stand once, in
docs/language.md, of which the passages of the named section are shown.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from resnet_dsl import resources
from resnet_dsl.elaborate.functions import FUNCTIONS
from resnet_dsl.elaborate.networks.expectations import (
    INPUT_QUANTITIES,
    NETWORK_QUANTITIES,
    OUTPUT_QUANTITIES,
    PART_QUANTITIES,
)

_FOLDER = os.path.dirname(os.path.abspath(__file__))


class Pages(NamedTuple):
    """The pages of one file. ``what``: what its names are, in a heading."""

    file: str
    what: str

    def names(self) -> list[str]:
        return [*self._sections()]

    def tell(self, name: str) -> str:
        """Words, an example, and what the reference says."""
        section, _, _ = self._sections()[name].partition("\n\n")
        return "\n".join([self.brief(name), *quoted(section, name)])

    def brief(self, name: str) -> str:
        """Words and an example."""
        _, _, text = self._sections()[name].partition("\n\n")
        return f"## `{name}`: {self.what}\n\n{text}"

    def _sections(self) -> dict[str, str]:
        return _pages_of(self.file)


@cache
def _pages_of(name: str) -> dict[str, str]:
    with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
        found = re.split(r"^## `(.+)`\n+Section: ", file.read(), flags=re.MULTILINE)
    return {name: text.strip() for name, text in zip(found[1::2], found[2::2], strict=True)}


def tell_quantity(name: str) -> str:
    """Its page, and whose quantity it may be."""
    owners = {"the network": NETWORK_QUANTITIES, "a part": PART_QUANTITIES}
    owners |= {"an output": OUTPUT_QUANTITIES, "an input": INPUT_QUANTITIES}
    whose = [owner for owner, quantities in owners.items() if name in quantities]
    said = f"Of {', '.join(whose)}; of a part it is written `NAME.{name}`." if whose else f"Written `NAME.{name}`."
    heading, _, rest = QUANTITIES.tell(name).partition("\n\n")
    return f"{heading}\n\n{said}\n\n{rest}"


WORDS = Pages("words.md", "a word of the language")
QUANTITIES = Pages("quantities.md", "a quantity")


def functions() -> list[str]:
    return [*FUNCTIONS]


def tell_function(name: str) -> str:
    """Its row in the reference's table."""
    row = next(one for one in passages("Expressions") if one.startswith("|") and f"`{name}(" in one)
    call, what = (cell.strip() for cell in row.strip("|").split("|"))
    return f"## `{name}`: a function of expressions\n\n{call}: {what}."


def quoted(section: str, name: str) -> list[str]:
    """The passages of a section of the reference that speak of a name, with where they stand."""
    found = [one for one in passages(section) if speaks_of(one, name)]
    return ["", f'From the reference (docs/language.md, "{section}"):', *("\n" + one for one in found)] if found else []


def speaks_of(passage: str, name: str) -> bool:
    """Whether a passage has a name among its code, as a word of its own."""
    edge = r"(?<!\w){}(?!\w)" if name[0].isalnum() else r"(?<![-<>=!~*/]){}(?![-<>=*/])"
    pattern = edge.format(re.escape(name))
    return any(re.search(pattern, code) for code in re.findall(r"`([^`]+)`", passage))


def passages(section: str) -> list[str]:
    """The paragraphs, items and rows of a section of the reference; examples left out."""
    return [*_passages(_sections()[section])]


def _passages(text: str) -> Iterator[str]:
    for block in re.sub(r"```.*?```", "", text, flags=re.DOTALL).split("\n\n"):
        yield from (one.strip() for one in re.split(r"\n(?=- |\| )", block) if one.strip(" |-\n"))


@cache
def _sections() -> dict[str, str]:
    found = re.split(r"^##+ (.+)\n", resources.reference_text(), flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))
