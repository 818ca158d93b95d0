"""The structure miner: from a flat network to a spec (docs/mining.md)."""

from resnet_dsl.importing.mining.miner import candidates, step_by_step

__all__ = ["candidates", "step_by_step"]
