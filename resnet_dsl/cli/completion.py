"""What shells complete: commands, options, their choices, files, and names of networks that ship.

The scripts are made by shtab. It reads from the parser which options there are, and from ``complete`` at an argument
what stands behind it: here by how the help calls that (``metavar``).
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Iterator

from resnet_dsl.cli.whole import whole_parser
from resnet_dsl.shipped import shipped_files
from resnet_dsl.targets.figure.theme import theme_names

_NETWORKS = "resnet-dsl list --names 2>/dev/null"
"""Asked when something is completed: the networks are those of the version that is installed then."""

_THEMES = " ".join(theme_names())

_OWN = {
    "bash": f"""
_resnet_dsl_networks() {{ compgen -W "$({_NETWORKS})" -- "$1"; }}
_resnet_dsl_specs() {{
  local IFS=$'\\n'
  compgen -f -X '!*.resnet' -- "$1"
  compgen -d -- "$1"
  _resnet_dsl_networks "$1"
}}
_resnet_dsl_themes() {{
  local IFS=$'\n'
  compgen -f -X '!*.toml' -- "$1"
  IFS=$' '
  compgen -W "{_THEMES}" -- "$1"
}}
""",
    "zsh": f"""
_resnet_dsl_networks() {{ compadd -- ${{(f)"$({_NETWORKS})"}} }}
_resnet_dsl_specs() {{
  _path_files -g '*.resnet'
  _path_files -/
  _resnet_dsl_networks
}}
_resnet_dsl_themes() {{
  _path_files -g '*.toml'
  _path_files -/
  compadd -- {_THEMES}
}}
""",
    "fish": f"""
function _resnet_dsl_networks; {_NETWORKS}; end
function _resnet_dsl_specs
  __fish_complete_suffix .resnet
  _resnet_dsl_networks
end
function _resnet_dsl_themes
  string split " " "{_THEMES}"
  __fish_complete_suffix .toml
end
""",
}
_CALLS = {"SPEC": "_resnet_dsl_specs", "NETWORK": "_resnet_dsl_networks", "THEME": "_resnet_dsl_themes"}
"""The functions above that complete what the help calls so."""

_FOLDERS = ("FOLDER", "RUN")
_FILES = ("FILE", "PATH", "OUT", "OUT.resnet", "FILE.keras", "MODEL.keras")


def script(shell: str) -> str:
    """What bash, zsh or fish reads to complete ``resnet-dsl``."""
    import shtab

    parser = whole_parser()
    _say_what_stands_behind(parser, shtab.FILE, shtab.DIRECTORY)
    made: str = shtab.complete(parser, shell, root_prefix="resnet_dsl", preamble=_OWN[shell])
    return _MENDED.get(shell, str)(made)


def _say_what_stands_behind(parser: argparse.ArgumentParser, files: object, folders: object) -> None:
    called = {kind: {"bash": name, "zsh": name, "fish": f"({name})"} for kind, name in _CALLS.items()}
    kinds = {**called, **dict.fromkeys(_FILES, files), **dict.fromkeys(_FOLDERS, folders)}
    for action in _arguments(parser):
        if action.metavar in kinds:
            action.complete = kinds[action.metavar]  # type: ignore[attr-defined]
        elif action.metavar in _WORDS:
            action.choices = [*_WORDS[action.metavar]()]


def _arguments(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Those of all commands."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield from _arguments(one)


def _families() -> Iterable[str]:
    return dict.fromkeys(file.family for file in shipped_files() if file.networks)


def _explained() -> Iterator[str]:
    """What `explain` knows and a shell can take as it is."""
    from resnet_dsl.diagnostics.explain import codes
    from resnet_dsl.explain import FAMILIES

    names = (name for family in FAMILIES for name in family.names())
    yield from (name for name in dict.fromkeys([*names, *codes()]) if name.replace("_", "").isalnum())


_WORDS = {"FAMILY": _families, "WORD": _explained}


def _quoting(made: str) -> str:
    """bash quotes a file's name, and ends a folder's with a slash, where it is told that these are names of files."""
    return f"{made}\ncomplete -o bashdefault -o filenames -F _shtab_resnet_dsl resnet-dsl\n"


def _repeating(made: str) -> str:
    """`(*)`, which shtab writes for as many arguments as one likes, is one argument for zsh; `*` is any number."""
    return re.sub(r'^  "\(\*\)::?', '  "*:', made, flags=re.MULTILINE)


_MENDED: dict[str, Callable[[str], str]] = {"bash": _quoting, "zsh": _repeating}
