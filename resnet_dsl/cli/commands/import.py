"""Import a network of another tool: the text of a .onnx, .keras or .h5 file, and its weights under the text's names.

The text goes to the standard output, or to the file of -o. It is compiled again, and given only where its network is
that of the file: operation by operation, and, where the source's own runtime is installed, in what both compute.
Nothing in the file is run. Exit code 1: it holds what the language cannot say, and what could be read is the output.
More: docs/importing.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from resnet_dsl.cli.ending import FINE
from resnet_dsl.cli.keras_start import start_keras
from resnet_dsl.cli.needs import require
from resnet_dsl.cli.streams import claim, tell, wrote
from resnet_dsl.failure import Failure
from resnet_dsl.outputs import reads
from resnet_dsl.sentences import either
from resnet_dsl.showing import line
from resnet_dsl.syntax.reading import ENDING
from resnet_dsl.writing import write_whole

if TYPE_CHECKING:
    from resnet_dsl.importing.flat import NotImportedError
    from resnet_dsl.importing.imported import Imported


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a model: .onnx, .keras, or .h5 of a whole model of Keras")
    parser.add_argument("-o", "--output", metavar="OUT.resnet", help="where the text goes (default: standard output)")
    parser.add_argument("--weights", metavar="OUT", help="write a model with the file's weights, too: .keras or .onnx")
    parser.add_argument("--name", metavar="NAME", help="what the network is called (default: as the file is)")
    parser.add_argument("--names", action="store_true", help="say in comments what the file calls its layers")
    parser.add_argument("--force", action="store_true", help="replace files that are there already")


def run(options: argparse.Namespace) -> int:
    from resnet_dsl.importing import import_file
    from resnet_dsl.importing.flat import NotImportedError

    reads(options.file)
    if options.output is not None:
        claim(options.output, ENDING, options.force)
    if options.weights is not None:
        _claim_model(options.weights, options.force)
    require("import", options)
    try:
        found = import_file(options.file, options.name, start=_start(options.file))
    except NotImportedError as refused:
        sys.stdout.write(_part(refused))
        raise
    _write(found, options)
    return FINE


def _start(path: str) -> Callable[[], None] | None:
    """Of Keras, whose models compute by it."""
    from resnet_dsl.importing.files import FileKind, kind_of

    return start_keras if kind_of(path) is FileKind.KERAS else None


def _claim_model(path: str, force: bool) -> None:
    from resnet_dsl.importing.writing import MODELS
    from resnet_dsl.targets.replacing import keep_trained

    ending = next((one for one in MODELS if path.endswith(one)), None)
    if ending is None:
        raise Failure(f"--weights {path}: weights are written with their network", f"as {either([*MODELS])}")
    claim(path, ending)
    if not force:
        keep_trained(path, ending)


def _write(found: Imported, options: argparse.Namespace) -> None:
    """The model first: where that cannot be written, there is no text either."""
    from resnet_dsl.importing.naming import with_names
    from resnet_dsl.importing.writing import write

    said = list(found.said)
    if options.weights is not None:
        done = write(found, options.weights)
        said += [*done.remarks, wrote(options.weights), *(f"  to load it: {one}" for one in done.loading)]
    text = with_names(found) if options.names else found.text
    if options.output is None:
        sys.stdout.write(text)
    else:
        write_whole(options.output, text, ENDING)
        said.append(wrote(options.output))
    for one in said:
        (tell if options.output is None else print)(line(one))


def _part(refused: NotImportedError) -> str:
    """What could be read before a file was refused, as a text of its own."""
    from resnet_dsl.importing.flat import NotImportedError
    from resnet_dsl.importing.imported import imported

    if refused.part is None:
        return ""
    try:
        return f"# The part that could be read.\n{imported(refused.part, 'part').text}"
    except NotImportedError:  # it ends where no network ends
        return ""
