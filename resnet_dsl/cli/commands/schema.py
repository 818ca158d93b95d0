"""Print the JSON Schema of the IR, which `resnet-dsl compile --to ir` writes."""

from __future__ import annotations

import argparse
import json

from resnet_dsl.cli.ending import FINE
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.serialization import schema


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(options: argparse.Namespace) -> int:
    print(json.dumps(schema(Graph), indent=2))
    return FINE
