"""A first word that was taken for a name or a value: a member's `input`, `stem` and `head`, a block's `shared`."""

from __future__ import annotations

from resnet_dsl.syntax.driver import Machine
from resnet_dsl.syntax.limits import MAX_DEPTH
from resnet_dsl.syntax.productions import first
from resnet_dsl.syntax.words import STRANGE, Words

_BOTH = first("_member") & first("entry")
_GOES_ON = {"LBRACE", "EXTENT"}  # what stands behind a member's first word, or its name, and behind no value


def give_back(machine: Machine, start: int) -> None:
    """Where a member goes on at what stopped the parser, and a value was read, it stops at the member's first word."""
    words, stopped = machine.words, machine.position
    for index in (stopped, stopped - 1):
        if index >= start and words.text(index) == "shared" and words.kinds[index + 1 : index + 2] == ["BLOCK"]:
            words.kinds[index] = "SHARED"
            _read_up_to(machine, index, start)
            return
    for index in (stopped - 1, stopped - 2):
        if index > start and words.kinds[index] in _BOTH and _is_member(words, index, stopped):
            _read_up_to(machine, index, start)
            return


def _is_member(words: Words, index: int, stopped: int) -> bool:
    """Whether it is the first on its line, and goes on as a member there, behind a name or none."""
    text, behind = words.source.text, index + 1 + (words.kinds[index + 1] == "NAME")
    if behind < stopped or words.kinds[behind] not in _GOES_ON:
        return False
    line = text[words.ends[index - 1] : words.starts[index]], text[words.ends[index] : words.starts[behind]]
    return "\n" in line[0] and "\n" not in line[1]


def _read_up_to(machine: Machine, index: int, start: int) -> None:
    kind = machine.words.kinds[index]
    machine.words.kinds[index] = STRANGE
    machine.restart(start)
    machine.run(MAX_DEPTH)
    machine.words.kinds[index] = kind
