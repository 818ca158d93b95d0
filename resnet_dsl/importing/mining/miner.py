"""The miner: from a flat network to texts that may say it, the best first."""

from __future__ import annotations

from collections.abc import Iterator

from resnet_dsl.importing.flat import FlatNetwork
from resnet_dsl.importing.mining.blocks import block_text
from resnet_dsl.importing.mining.names import Names
from resnet_dsl.importing.mining.network import Part, network_text
from resnet_dsl.importing.mining.reading import program_of
from resnet_dsl.importing.mining.sharing import with_shared_blocks
from resnet_dsl.source import Source
from resnet_dsl.syntax.formatter import format_text


def candidates(flat: FlatNetwork, name: str) -> Iterator[str]:
    """Texts of a network of this name, in the one layout. The last one has no structure, and always says it."""
    yield _plain(flat, name)


def _plain(flat: FlatNetwork, name: str) -> str:
    free = Names({name, "body"})
    program, shared = with_shared_blocks(program_of(flat), flat.graph, free)
    parts = [Part("stage", "body", max(program.outputs))]
    blocks = [block_text(one, free.taken) for one in shared]
    return laid_out("\n".join([*blocks, network_text(name, flat, program, parts, free)]))


def laid_out(text: str) -> str:
    return format_text(Source("<import>", text))
