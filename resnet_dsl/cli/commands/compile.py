"""Compile a network to a Keras or ONNX model, its IR, a figure, or a stage of the compiler as text.

Writes NETWORK.keras into the current folder by default, says what it wrote, and prints the summary. A file is written
whole or not at all. A model with fresh weights is replaced by the next; one that may be trained only under --force.
`--features` and `--no-top` write a part, for models that are built on it: what stages give, or what the head pools.
`--to tree`, `--to graph` and `--to calls` (those of Keras) are for reading: a line a node, on the standard output.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.keras_start import start_keras
from resnet_dsl.cli.needs import require
from resnet_dsl.cli.specs import add_spec, compile_spec
from resnet_dsl.cli.streams import claim, show_diagnostics, wrote
from resnet_dsl.failure import Failure
from resnet_dsl.outputs import STDOUT, reads
from resnet_dsl.passes.backbone import asked, backbone
from resnet_dsl.pipeline import Compiled
from resnet_dsl.sentences import either
from resnet_dsl.targets import TARGETS
from resnet_dsl.targets.request import Request
from resnet_dsl.targets.summary import write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_spec(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        help="where to write; `-`: the standard output (default: NETWORK with its ending; for a text `-`)",
    )
    parser.add_argument("--to", choices=[*TARGETS], default="keras", help=f"what to write (default: keras); {_words()}")
    parser.add_argument(
        "--features",
        type=_names,
        metavar="NAMES",
        help="return what these stages give, by name, in place of the heads: conv3,conv4; `all`: every stage",
    )
    parser.add_argument(
        "--no-top", action="store_true", help="return the map that the head pools: include_top=False of Keras"
    )
    parser.add_argument("--pooling", choices=("avg", "max"), help="with --no-top: the mean or the largest of that map")
    parser.add_argument("--seed", type=int, help="of a model: the same seed gives the same initial weights")
    parser.add_argument(
        "--weights",
        metavar="FILE",
        help="weights for the model: a .keras, .weights.h5 or .h5 file, by the names of its layers, or a .safetensors, "
        ".npz or .pth file, in a layout",
    )
    parser.add_argument(
        "--layout",
        metavar="NAME",
        help="whose names the file of --weights has: timm, torchvision, huggingface, …; auto: whichever fit (default: "
        "those of the layers in Keras' files, else auto); with --to safetensors: whose names are written",
    )
    parser.add_argument(
        "--except",
        dest="excepted",
        action="extend",
        type=_names,
        default=[],
        metavar="PART",
        help="with --weights: a stage, the stem, the head or a layer that keeps its initial weights",
    )
    parser.add_argument(
        "--freeze",
        action="extend",
        type=_names,
        metavar="PART",
        help="a stage, the stem, the head or a layer that does not train: stem,conv2; `all`: all but the heads",
    )
    parser.add_argument(
        "--optimize",
        choices=("inference",),
        help="fold normalisation into convolutions, merge padding, fuse activations, drop noise; not for training",
    )
    parser.add_argument("--plain", action="store_true", help="have Keras itself build and save the model: slower")
    parser.add_argument(
        "--verify", action="store_true", help="build the model with Keras, too, and compare it with the file"
    )
    parser.add_argument(
        "--channels",
        choices=("last", "first"),
        help="with --to onnx: where inputs and outputs have their channels (default: last, as in Keras)",
    )
    parser.add_argument(
        "--figure", nargs="?", const="", metavar="PATH", help="draw the network, too (default: NETWORK.svg)"
    )
    parser.add_argument("--quiet", action="store_true", help="no summary")
    parser.add_argument("--force", action="store_true", help="replace a model that may be trained")


def _words() -> str:
    """What each target is."""
    return "; ".join(f"{name}: {target.words}" for name, target in TARGETS.items())


def run(options: argparse.Namespace) -> int:
    compiled = _part(compile_spec(options.spec, options), options)
    show_diagnostics(compiled.warnings)
    path = _claimed(compiled, options)
    drawing = None if options.figure is None else _figure_claimed(compiled, options)
    require("compile", options)
    written = [*_write(compiled, path, options)]
    if drawing is not None:
        from resnet_dsl.targets.figure import figure

        figure(compiled.facts).save(drawing)
        written.append(wrote(drawing))
    if not options.quiet and TARGETS[options.to].ending is not None:
        sys.stdout.write(write(compiled.facts) + "\n")
    for line in written:
        print(line)
    return FINE


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _part(compiled: Compiled, options: argparse.Namespace) -> Compiled:
    """The part of the network that is asked for, or all of it."""
    if options.pooling is not None and not options.no_top:
        raise Failure("`--pooling` is of the map below the top", "leave out the top, too: `--no-top`")
    if options.features is not None and options.no_top:
        raise Failure("`--features` says what is returned, and so does `--no-top`", "leave one of them out")
    wanted = asked(options.features, not options.no_top, options.pooling)
    if wanted is None:
        return compiled
    if options.to == "tree":
        raise Failure("`--to tree` is the text as it is written, of which there is no part", "use `--to graph`")
    return backbone(compiled, wanted)


def _claimed(compiled: Compiled, options: argparse.Namespace) -> str:
    """Where the output goes, after a look at the options and at what is there."""
    weighed, target = options.weights is not None, TARGETS[options.to]
    if (idle := _idle(options)) is not None:
        heeding = _to(name for name, one in TARGETS.items() if idle in one.takes)
        raise Failure(f"`--{idle}` does nothing for `--to {options.to}`", f"leave it out, or ask for {heeding}")
    if weighed and not target.keeps_weights and not options.optimize:
        keeping = _to(name for name, one in TARGETS.items() if one.keeps_weights)
        raise Failure(f"`--to {options.to}` writes no weights", f"{keeping} keeps those of `--weights`")
    if options.verify and options.plain:
        message = "`--verify` compares with what Keras builds, and that is what `--plain` writes"
        raise Failure(message, "leave one of them out")
    if options.freeze and options.optimize:
        raise Failure("`--freeze` is of training, and `--optimize inference` not for it", "leave one of them out")
    if options.excepted or options.layout is not None:
        from resnet_dsl.weights.asking import expect_file  # what writes no weights starts without it

        expect_file(options.weights, options.excepted, options.layout if options.to != "safetensors" else None)
    if weighed:
        reads(options.weights)
    default = STDOUT if target.ending is None else f"{compiled.name}{target.ending}"
    path = claim(default if options.output is None else options.output, target.ending or "")
    if target.keeps_weights and not options.force:
        from resnet_dsl.targets.replacing import keep_trained

        keep_trained(path, target.ending or "")
    return path


def _idle(options: argparse.Namespace) -> str | None:
    """The first option given that the target does not heed; a seed of 0 is one."""
    known = dict.fromkeys(name for one in TARGETS.values() for name in one.takes)
    given = [name for name in known if (value := getattr(options, name)) is not None and value is not False]
    return next((name for name in given if name not in TARGETS[options.to].takes), None)


def _to(names: Iterable[str]) -> str:
    return either([f"`--to {name}`" for name in names])


def _figure_claimed(compiled: Compiled, options: argparse.Namespace) -> str:
    from resnet_dsl.targets.figure import format_of

    path = claim(options.figure or f"{compiled.name}.svg")
    format_of(path)
    return path


def _write(compiled: Compiled, path: str, options: argparse.Namespace) -> Iterator[str]:
    """Writes the target, and says so."""
    target = TARGETS[options.to]
    done = target.write(compiled, path, _request(options) if target.takes else Request())
    yield from done.remarks
    yield wrote(path)
    yield from (f"  to load it: {remark}" for remark in done.loading)


def _request(options: argparse.Namespace) -> Request:
    """What is asked of a model, once its weights are read; Keras starts where it is needed."""
    from resnet_dsl.weights import read_weights

    writes_layout = options.to == "safetensors"
    layout = None if writes_layout else options.layout
    saved = None if options.weights is None else read_weights(options.weights, layout)
    ways = (options.optimize is not None, options.plain, options.verify)
    return Request(
        options.seed,
        saved,
        tuple(options.excepted),
        *ways,
        start_keras,
        channels=options.channels or "last",
        freeze=tuple(options.freeze or ()),
        layout=options.layout if writes_layout else None,
    )
