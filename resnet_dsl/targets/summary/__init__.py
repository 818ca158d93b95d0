"""The network as a table by stage, block or layer: as data, for people, for spreadsheets."""

from __future__ import annotations

from resnet_dsl.targets.summary.data import Extra, Granularity, as_data, rows
from resnet_dsl.targets.summary.words import FORMATS, write

__all__ = ["FORMATS", "Extra", "Granularity", "as_data", "rows", "write"]
