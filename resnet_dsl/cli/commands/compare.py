"""Train several networks with several seeds, and draw their errors: the paper's Figure 4.

Training error (thin) and test error (bold) by epoch, mean and range over the seeds; the final errors as Markdown and
CSV; and the verdict in words. Runs that are finished are not done again. Exit code 4 says that some diverged.
"""

from __future__ import annotations

import argparse

from resnet_dsl.cli.ending import DIVERGED, FINE, INTERRUPTED
from resnet_dsl.cli.keras_start import start_training
from resnet_dsl.cli.needs import require
from resnet_dsl.cli.specs import add_spec, compile_spec
from resnet_dsl.cli.streams import claim, console
from resnet_dsl.cli.training import add_training, chosen, expect_data
from resnet_dsl.laboratory.training.options import CompareOptions
from resnet_dsl.outputs import reads


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser, many=True)
    add_training(parser, CompareOptions)


def run(options: argparse.Namespace) -> int:
    compiled = [compile_spec(spec, options) for spec in options.specs]
    typed = chosen(CompareOptions, options)
    reads(options.data)
    if options.out.parent.is_dir():  # else it will be made
        for ending in (".svg", ".png", ".md", ".csv"):
            claim(f"{options.out}{ending}")
    require("compare", options)
    expect_data(options.data)
    start_training()
    from resnet_dsl.laboratory.training.compare import compare
    from resnet_dsl.laboratory.training.network import Classifier

    comparison = compare([Classifier(one) for one in compiled], typed, console())
    if comparison.interrupted:
        return INTERRUPTED
    return DIVERGED if any(one.diverged for one in comparison.entrants) else FINE
