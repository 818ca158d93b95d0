"""A member's first word that was taken for a value: `input`, `stem` and `head` are both."""

from __future__ import annotations

from resnet_dsl.syntax.driver import Machine
from resnet_dsl.syntax.limits import MAX_DEPTH
from resnet_dsl.syntax.productions import first
from resnet_dsl.syntax.words import STRANGE, Words

_BOTH = first("_member") & first("entry")
_GOES_ON = {"LBRACE", "EXTENT"}  # what stands behind a member's first word, or its name, and behind no value


def give_back(machine: Machine, start: int) -> None:
    """Where what stopped the parser goes on a member, and a value was read, it stops at the member's first word."""
    words, stopped = machine.words, machine.position
    for index in (stopped - 1, stopped - 2):
        if index > start and words.kinds[index] in _BOTH and _is_member(words, index, stopped):
            _read_up_to(machine, index, start)
            return


def _is_member(words: Words, index: int, stopped: int) -> bool:
    """First on its line; and behind a word between, which is its name, only where that is sure."""
    if words.kinds[stopped] not in _GOES_ON or "\n" in words.source.text[words.starts[index] : words.starts[stopped]]:
        return False
    return "\n" in words.source.text[words.ends[index - 1] : words.starts[index]]


def _read_up_to(machine: Machine, index: int, start: int) -> None:
    kind = machine.words.kinds[index]
    machine.words.kinds[index] = STRANGE
    machine.restart(start)
    machine.run(MAX_DEPTH)
    machine.words.kinds[index] = kind
