"""Print what a shell reads to complete commands, options, their choices, files and names of networks.

  bash  resnet-dsl completion bash > ~/.local/share/bash-completion/completions/resnet-dsl
  zsh   resnet-dsl completion zsh > ~/.zfunc/_resnet-dsl      with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc
  fish  resnet-dsl completion fish > ~/.config/fish/completions/resnet-dsl.fish

Networks are looked up when they are completed; write the file again when a new version has other options.
"""

from __future__ import annotations

import argparse

from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.needs import require

SHELLS = ("bash", "zsh", "fish")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="whose completion it is")


def run(options: argparse.Namespace) -> int:
    require("completion", options)
    from resnet_dsl.cli.completion import script

    print(script(options.shell))
    return FINE
