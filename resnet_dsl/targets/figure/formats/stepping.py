"""How an SVG shows a figure step by step: by itself, as an animation, or when a talk asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from resnet_dsl.targets.figure.formats.groups import DrawnGroup, Part

ANIMATION = (
    "<style>.rd-step{animation:rd-appear .4s both;animation-delay:calc((var(--rd-step) - 1) * 1s)}",
    "@keyframes rd-appear{from{opacity:0}to{opacity:1}}",
    "@media (prefers-reduced-motion:reduce),print{.rd-step{animation:none}}</style>",
)
"""A step a second. What knows no animation, is printed, or is asked for less motion, shows all."""


class Stepping(NamedTuple):
    """steps: of each thing by its ``id``. fragments: shown one by one by reveal.js, instead of by themselves."""

    steps: dict[int, int]
    fragments: bool = False

    def style(self) -> tuple[str, ...]:
        return () if self.fragments else ANIMATION

    def common(self, group: DrawnGroup) -> int | None:
        """The step of all that lies in a group, where it is one."""
        found = {self.steps[id(part)] for part in _inside(group)}
        return found.pop() if len(found) == 1 else None

    def marked(self, element: str, step: int) -> str:
        """An element that has a class, from a step on; the first step is there from the beginning."""
        if step == 1:
            return element
        mark = (
            f'data-fragment-index="{step - 2}" class="fragment '
            if self.fragments
            else f'style="--rd-step:{step}" class="rd-step '
        )
        return element.replace('class="', mark, 1)


def _inside(group: DrawnGroup) -> Iterator[Part]:
    for part in group.parts:
        if isinstance(part, DrawnGroup):
            yield from _inside(part)
        else:
            yield part
