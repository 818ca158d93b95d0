"""Train a network: SGD with momentum, weight decay and a schedule, the paper's values as defaults.

A run folder keeps the spec, its IR, the options, history.csv, checkpoints, the final .keras file and a plot. The same
command goes on after an interruption, to the same weights that an uninterrupted run has, and does nothing at the end.
The model takes images as they come: a layer in it normalises them. Several inputs and outputs take an .npz with arrays
of their names. `--weights`, `--except` and `--freeze` go on from a trained model (docs/training.md, fine-tuning).
Exit code 4: the loss is no longer a number.
"""

from __future__ import annotations

import argparse

from resnet_dsl.cli.ending import DIVERGED, FINE, INTERRUPTED
from resnet_dsl.cli.keras_start import start_training
from resnet_dsl.cli.needs import require
from resnet_dsl.cli.specs import add_spec, compile_spec
from resnet_dsl.cli.streams import console, show_diagnostics
from resnet_dsl.cli.training import add_training, chosen, expect_data
from resnet_dsl.failure import Failure
from resnet_dsl.laboratory.training.options import TrainOptions
from resnet_dsl.outputs import STDOUT, reads


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser)
    add_training(parser, TrainOptions)


def run(options: argparse.Namespace) -> int:
    if str(options.out) == STDOUT:
        raise Failure("a run is a folder, and cannot go to the standard output", "name a folder: `-o FOLDER`")
    compiled = compile_spec(options.spec, options)
    show_diagnostics(compiled.warnings)
    typed = chosen(TrainOptions, options)
    reads(options.data, *([] if options.weights is None else [options.weights]))
    require("train", options)
    expect_data(options.data)
    start_training()
    from resnet_dsl.laboratory.training.network import Classifier
    from resnet_dsl.laboratory.training.train import train

    trained = train(Classifier(compiled), typed, console())
    return {"finished": FINE, "diverged": DIVERGED, "interrupted": INTERRUPTED}[trained.ending]
