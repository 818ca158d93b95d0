"""Wherever a name is looked up, the nearest one is named: of every command, option and value of an option."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from resnet_dsl.cli import COMMANDS, command_parser
from tests.cli.calling import call

pytestmark = pytest.mark.usefixtures("folder")


def slipped(word: str) -> str:
    """A letter too many, in the middle."""
    middle = len(word) // 2
    return f"{word[:middle]}{word[middle - 1 :]}"


def actions(command: str) -> Iterator[argparse.Action]:
    yield from command_parser(command)._actions


OPTIONS = [(name, flag) for name in COMMANDS for one in actions(name) for flag in one.option_strings if len(flag) > 5]
CHOICES = [
    (name, one.option_strings, str(choice))
    for name in COMMANDS
    for one in actions(name)
    for choice in one.choices or ()
    if len(str(choice)) > 2
]


@pytest.mark.parametrize("command", [*COMMANDS])
def test_a_misspelt_command(command: str) -> None:
    ended = call(slipped(command), "small.resnet")
    assert ended.code == 2
    assert ended.err.endswith(f"; did you mean `{command}`?\n")


@pytest.mark.parametrize(("command", "flag"), OPTIONS)
def test_a_misspelt_option(command: str, flag: str) -> None:
    given = ["--data", "1"] if command == "train" else []
    needed = ["small.resnet", "small.resnet"] if command in ("diff", "predict") else ["small.resnet"]
    for wrong in (slipped(flag), f"{slipped(flag)}=1"):
        ended = call(command, *([] if command in ("completion", "schema", "lsp") else needed), wrong, *given)
        assert ended.code == 2
        assert f"did you mean `{flag}`?" in ended.err or "required: shell" in ended.err


@pytest.mark.parametrize(("command", "flags", "choice"), CHOICES)
def test_a_misspelt_choice(command: str, flags: list[str], choice: str) -> None:
    ended = call(command, *flags[-1:], slipped(choice))
    assert ended.code == 2
    assert ended.err.endswith(f"; did you mean `{choice}`?\n")


def test_without_a_near_one_all_are_listed() -> None:
    assert "(choose from" in call("check", "--format", "xyz").err
    assert "did you mean" not in call("check", "--format", "xyz").err
    assert "did you mean" not in call("check", "small.resnet", "--xyz").err
