"""The structure miner: from a flat network to a spec (docs/mining.md)."""

from resnet_dsl.importing.mining.miner import candidates

__all__ = ["candidates"]
