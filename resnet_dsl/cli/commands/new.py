"""Start a spec of one's own: NAME.resnet, a first network or one that derives from a shipped one."""

from __future__ import annotations

import argparse
import os
import re

from resnet_dsl import pipeline, shipped
from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.specs import locate
from resnet_dsl.cli.streams import claim
from resnet_dsl.failure import Failure
from resnet_dsl.syntax.reading import ENDING
from resnet_dsl.writing import write_whole

_FIRST = """\
# A first network: change the widths and the counts, then `resnet-dsl check {file}`.
network {name}(classes = 10) {{
  input 32x32x3

  stem {{ conv(16, 3) -> norm -> act }}

  stage stage1 {{ 3 x basic(16) }}
  stage stage2(stride = 2) {{ 3 x basic(32) }}
  stage stage3(stride = 2) {{ 3 x basic(64) }}

  head {{ avgpool(global) -> dense(classes) -> softmax }}
}}
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the network's name; NAME.resnet is written")
    parser.add_argument(
        "--from", dest="base", metavar="NETWORK", help="a shipped network to start from: its whole text"
    )
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def run(options: argparse.Namespace) -> int:
    if not re.fullmatch(r"[A-Za-z]\w*", options.name):
        raise Failure(f"`{options.name}` cannot be a network's name", "letters, digits and `_`, a letter first")
    path = options.name + ENDING
    claim(path, ENDING, options.force)
    first = options.base is None
    text = _FIRST.format(name=options.name, file=path) if first else _derived(options.name, options.base)
    pipeline.load_text(text, path).compile(options.name)
    write_whole(path, text, ENDING)
    print(f"wrote {path}: now `resnet-dsl check {path}`, `resnet-dsl compile {path}:{options.name}`")
    return FINE


def _derived(name: str, base: str) -> str:
    """The text of the shipped file with one more network, which derives from the one asked for."""
    path, network = locate(base)
    if network is None or network not in shipped.names():
        raise Failure(f"no shipped network is called `{base}`", "`resnet-dsl list` shows those that ship")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    folder = os.path.dirname(path)
    text = re.sub(r'^import "([^"]+)"', lambda match: f'import "{os.path.join(folder, match[1])}"', text, flags=re.M)
    remark = f"# Mine: {network}, varied. Replace stages, add settings, change parameters here."
    return f"{text.rstrip()}\n\n{remark}\nnetwork {name} from {network} {{}}\n"
