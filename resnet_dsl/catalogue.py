"""The networks that ship, with their counts: a table that is made ahead of time.

``python -m resnet_dsl.catalogue`` writes it, and a test compares it with what is compiled. Where a spec, the prelude or
the grammar is another one than then, the networks are compiled.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from resnet_dsl import resources
from resnet_dsl.shipped import ShippedFile, shipped_files

Entry = dict[str, Any]
"""family, name, doc, input (its sizes), params, total_params, macs (None: of no one number) and depth."""

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "catalogue.json")


def entries(files: Iterable[ShippedFile]) -> list[Entry]:
    """One for each network of these files, in their order."""
    with open(_FILE, encoding="utf-8") as file:
        made = json.load(file)
    if made["checksum"] != _checksum():
        return [*compiled(files)]
    return [entry for one in files for entry in made["files"].get(one.name, ())]


def compiled(files: Iterable[ShippedFile]) -> Iterator[Entry]:
    """The same, as they are compiled now."""
    from resnet_dsl import pipeline
    from resnet_dsl.ir.lengths import show

    for file in files:
        spec = pipeline.load(file.path)
        for name in file.networks:
            facts = spec.compile(name).facts
            yield {
                "family": file.family,
                "name": name,
                "doc": facts.graph.doc,
                "input": ", ".join(map(show, facts.input_shapes.values())),
                "params": facts.count.params,
                "total_params": facts.count.total_params,
                "macs": facts.count.macs,
                "depth": facts.depth,
            }


def table() -> str:
    """The table as it is to be now, as JSON."""
    made = {file.name: [*compiled([file])] for file in shipped_files() if file.networks}
    return json.dumps({"checksum": _checksum(), "files": made}, indent=1) + "\n"


def _checksum() -> int:
    """Of all texts that say what the networks are."""
    checksum = zlib.crc32((resources.grammar_text() + resources.prelude_text()).encode())
    for file in shipped_files():
        with open(file.path, "rb") as spec:
            checksum = zlib.crc32(file.name.encode() + spec.read(), checksum)
    return checksum


if __name__ == "__main__":
    with open(_FILE, "w", encoding="utf-8", newline="\n") as file:
        file.write(table())
