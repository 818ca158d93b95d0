"""SPEC arguments: a path, a path and a network, or the name of a network that ships."""

from __future__ import annotations

import argparse
import math
import os
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from resnet_dsl import outputs, pipeline, shipped
from resnet_dsl.analyses.network import Facts
from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.elaborate.arithmetic import extent, meant_number, number
from resnet_dsl.elaborate.networks.ends import InputSize
from resnet_dsl.failure import Failure
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.sizes import Size
from resnet_dsl.syntax.reading import ENDING, STDIN, meant

SPEC_HELP = "a file (net.resnet), one network of it (net.resnet:NAME), `-`, or a shipped network's name (resnet50)"
SHOWN_HELP = f"{SPEC_HELP}; or a model's file (.keras, .onnx, .h5)"
MODELS = (".keras", ".onnx", ".h5")
"""Endings of files whose networks are shown as those of specs are (`resnet-dsl import`)."""
IMPORT_FIRST = "`resnet-dsl import {}` writes its spec"
_STDIN_FILE = "/dev/stdin"
"""What the standard input was opened from, if it is a file."""
_LENGTH = r"(\d{1,9}\??|\?)"
_WORD = re.compile(r"[A-Za-z]\w*")


def add_spec(parser: argparse.ArgumentParser, many: bool = False, words: str = SPEC_HELP) -> None:
    """The SPEC argument, and what overrides a network's parameters and input."""
    if many:
        parser.add_argument("specs", nargs="+", metavar="SPEC", help=words)
    else:
        parser.add_argument("spec", metavar="SPEC", help=words)
    add_overrides(parser)


def add_overrides(parser: argparse.ArgumentParser) -> None:
    """``--set`` and ``--input``."""
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="give a parameter of the network a value"
    )
    parser.add_argument(
        "--input",
        action="append",
        default=[],
        metavar="[NAME=]SIZE",
        help="another input size: 32x32x3; ?x?x3 for open lengths, 32?x32?x3 for multiples of 32; of several inputs "
        "by name: left=96x96x1",
    )


def compile_spec(spec: str, options: argparse.Namespace) -> pipeline.Compiled:
    """The network that SPEC names, under ``--set`` and ``--input``. Raises Refusal or Failure."""
    _refuse_model(spec)
    path, network = locate(spec)
    asked = overridden(options)
    loaded = pipeline.load(path)
    outputs.reads(_STDIN_FILE if path == STDIN else path, *loaded.files)
    return loaded.compile(network, *asked)


def overridden(options: argparse.Namespace) -> tuple[dict[str, Any], InputSize | None]:
    """What ``--set`` and ``--input`` say: parameters by name, and the size of inputs. Raises Failure."""
    return _overrides(options.set), _sizes(options.input)


def lineage(spec: str, options: argparse.Namespace) -> tuple[pipeline.Compiled, ...]:
    """The network that SPEC names behind those that it derives from, each by itself. Raises Refusal or Failure."""
    if options.set:
        raise Failure("`--set` gives one network a value, and a chain has several", "name the networks one by one")
    path, network = locate(spec)
    loaded = pipeline.load(path)
    outputs.reads(_STDIN_FILE if path == STDIN else path, *loaded.files)
    return loaded.lineage(network, _sizes(options.input))


class Shown(Protocol):
    """A network to look at: of a spec, or of a model's file.

    ``shapes``: of each node's value. ``places``: where each node stands, in words.
    """

    @property
    def name(self) -> str: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def graph(self) -> Graph: ...
    @property
    def shapes(self) -> tuple[Shape, ...]: ...
    @property
    def places(self) -> tuple[str, ...]: ...
    @property
    def warnings(self) -> tuple[Diagnostic, ...]: ...


def shown(spec: str, options: argparse.Namespace) -> Shown:
    """The network that SPEC names, which may be a model's file, too. Raises Refusal or Failure."""
    if not is_model(spec):
        return compile_spec(spec, options)
    if options.set or options.input:
        option = "--set" if options.set else "--input"
        raise Failure(f"`{option}` is of a spec, and `{spec}` is a model's file", IMPORT_FIRST.format(spec))
    outputs.reads(spec)
    from resnet_dsl.importing.shown import network_of_file

    return network_of_file(spec)


def told_apart(left: tuple[str, Shown], right: tuple[str, Shown]) -> tuple[str, str] | None:
    """Two networks of one name, each with its SPEC, are called after their files, too: ``a.resnet:net``."""
    if left[1].name != right[1].name:
        return None
    one, other = (
        spec if spec == network.name or spec.endswith(f":{network.name}") else f"{spec}:{network.name}"
        for spec, network in (left, right)
    )
    return one, other


def shown_all(spec: str, options: argparse.Namespace) -> list[Shown]:
    """As shown; all networks of a file that holds several, where none is named."""
    if is_model(spec):
        return [shown(spec, options)]
    path, network = locate(spec)
    loaded = pipeline.load(path)
    if network is not None or len(loaded.networks) < 2:
        return [compile_spec(spec, options)]
    outputs.reads(_STDIN_FILE if path == STDIN else path, *loaded.files)
    return [loaded.compile(name, *overridden(options)) for name in loaded.networks]


def is_model(spec: str) -> bool:
    """Whether SPEC is the path of a model's file."""
    return spec.lower().endswith(MODELS) and os.path.exists(spec)


def _refuse_model(spec: str) -> None:
    if is_model(spec):
        raise Failure(f"`{spec}` is a model's file, and a spec is asked for", IMPORT_FIRST.format(spec))


def locate(spec: str) -> tuple[str, str | None]:
    """The path of the file, and the network's name where one is given. Raises Failure for an unknown name."""
    if spec == "-" or os.path.isfile(spec):
        return spec, None
    path, colon, network = spec.rpartition(":")
    if colon and (path == "-" or path.endswith(ENDING) or os.path.isfile(path)):
        return path, network
    if colon and (file := shipped.find(path)) is not None:
        return file, network
    if colon or spec.endswith(ENDING) or os.sep in spec or not _WORD.fullmatch(spec):
        return spec, None
    found = shipped.find(spec)
    if found is None:
        hint = meant(spec) or "`resnet-dsl list` shows those that ship"
        raise Failure(f"there is no file and no shipped network called `{spec}`", hint)
    return found, spec


class SpecFile(NamedTuple):
    """A file that a SPEC argument names, with the network that it names, or that was ``found`` in a folder."""

    path: str
    network: str | None = None
    found: bool = False


def spec_files(specs: Iterable[str]) -> Iterator[SpecFile]:
    """The files that SPEC arguments name; folders are searched. Raises Failure where one holds none."""
    for spec in specs:
        _refuse_model(spec)
        if not os.path.isdir(spec):
            yield SpecFile(*locate(spec))
            continue
        inside = specs_in(spec)
        if not inside:
            raise no_specs(spec)
        yield from (SpecFile(path, found=True) for path in inside)


def specs_in(folder: str) -> list[str]:
    """The paths of all specs in a folder and those below it; none where it is not there."""
    return sorted(
        os.path.join(inner, file)
        for inner, _, files in os.walk(folder, onerror=_unreadable if os.path.isdir(folder) else None)
        for file in files
        if file.endswith(ENDING)
    )


def no_specs(folder: str) -> Failure:
    return Failure(f"there is no *{ENDING} file in `{folder}`")


def _unreadable(error: OSError) -> None:
    """A folder that cannot be looked into may hold specs, too."""
    raise error


def _overrides(settings: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not _WORD.fullmatch(name.strip()):
            raise Failure(f"`--set {setting}` is not of the form NAME=VALUE", "for one: `--set classes=10`")
        if name.strip() in found:
            raise Failure(f"`--set {name.strip()}=…` is given twice")
        found[name.strip()] = _constant(text.strip(), setting)
    return found


def _constant(text: str, setting: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?\d[\d_]*(\.\d[\d_]*)?([eE][+-]?\d+)?[KMGT]?", text) and len(text) <= 24:
        value = number(text.lstrip("-"))
        if not math.isfinite(value):
            raise Failure(f"`--set {setting}`: `{text}` is too large")
        return -value if text.startswith("-") else value
    if re.fullmatch(rf"{_LENGTH}(x{_LENGTH})+", text):
        return extent(text)
    if _WORD.fullmatch(text):
        return text
    meant = meant_number(text)
    remedy = f"write `{meant}`" if meant else "a number, a size (3x1), a word, `true` or `false`"
    raise Failure(f"`--set {setting}`: `{text}` is not a value", remedy)


def _sizes(given: Iterable[str]) -> InputSize | None:
    """What ``--input`` says: of the one input, or of several by name; None where it is not given."""
    found: dict[str, Size] = {}
    for text in given:
        name, _, size = text.rpartition("=")
        if name in found:
            raise Failure(f"`--input {name}{'=' if name else ''}…` is given twice")
        found[name] = _size(size)
    if "" in found and len(found) > 1:
        raise Failure(f"`--input` is given a size without a name beside `{next(filter(None, found))}=…`", "name both")
    return found.get("") or found or None


def _size(text: str) -> Size:
    if not re.fullmatch(rf"{_LENGTH}(x{_LENGTH}){{0,3}}", text):
        form = "height, width, channels: `--input 224x224x3`, `?x?x3`, `32?x32?x3`"
        raise Failure(f"`--input {text}` is not a size", _meant_size(text) or form)
    return extent(text)


def _meant_size(text: str) -> str | None:
    """A size with other signs between its lengths: ``224,224,3``, ``(224, 224, 3)``, ``224X224X3``."""
    if not re.fullmatch(r"[\[(]?\s*\d{1,9}(\s*[xX*,×]\s*\d{1,9}){1,3}\s*[\])]?", text):
        return None
    return f"write `--input {'x'.join(re.findall(r'[0-9]+', text))}`"
