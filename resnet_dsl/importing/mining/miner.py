"""The miner: from a flat network to texts that may say it, the best first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from resnet_dsl.importing.flat import FlatNetwork
from resnet_dsl.importing.mining.blocks import block_text, spoken, with_blocks
from resnet_dsl.importing.mining.classes import with_classes
from resnet_dsl.importing.mining.deriving import derived
from resnet_dsl.importing.mining.names import Names
from resnet_dsl.importing.mining.network import MinedPart, names_of_inputs, network_text
from resnet_dsl.importing.mining.noise import Noisy, with_slot
from resnet_dsl.importing.mining.padding import needs_same, with_same
from resnet_dsl.importing.mining.probing import Prober
from resnet_dsl.importing.mining.program import BlockDefinition, Line, Program
from resnet_dsl.importing.mining.reading import program_of
from resnet_dsl.importing.mining.regions import contracted
from resnet_dsl.importing.mining.residual import with_residual_blocks
from resnet_dsl.importing.mining.settings import MinedSettings, every_line, settings_of
from resnet_dsl.importing.mining.sharing import with_shared_blocks
from resnet_dsl.importing.mining.staging import staged
from resnet_dsl.importing.mining.widths import is_scalable, scaled
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.source import Source
from resnet_dsl.syntax.formatter import format_text


def candidates(flat: FlatNetwork, name: str, shipped: bool = True) -> Iterator[str]:
    """Texts of a network of this name, in the one layout. The last one has no structure, and always says it.

    shipped: whether it may derive from a network that ships, where that is shorter.
    """
    mined = _Mined(flat, name).text()
    for text in derived(flat, name, mined) if shipped else ():
        if len(text.split()) < len(mined.split()):
            yield format_text(Source("<import>", text))
    yield mined
    if any(OPERATIONS[node.op].role == "noise" for node in flat.graph.nodes):
        yield _Mined(flat, name, slots_noise=False).text()
    yield _plain(flat, name)


class _Mined:
    """A text with blocks and stages. ``slots_noise``: whether noise is what fills a slot, or stands in the blocks."""

    def __init__(self, flat: FlatNetwork, name: str, slots_noise: bool = True) -> None:
        self.flat = flat
        self.name = name
        self.slots_noise = slots_noise
        self.free = Names({name})

    def text(self) -> str:
        read = _read(self.flat)
        same = needs_same(read)
        program, shared = with_shared_blocks(with_same(read) if same else read, self.flat.graph, self.free)
        settings = settings_of([*every_line(program), *(line for one in shared for line in one.body.lines)])
        residual = with_residual_blocks(contracted(program))
        noisy = with_slot(residual) if self.slots_noise else Noisy(residual)
        blocked = with_blocks(noisy.program, settings, partial(self._prober, same), self.free)
        settings.lines += [noisy.use] if noisy.use else []
        program, parts = staged(blocked.program, blocked.between, self._labels(), self.free)
        parts = parts if noisy.use else [*_with_noise(program, parts, noisy)]
        return self._text(program, [*shared, *blocked.definitions], blocked.settings, parts)

    def _prober(self, same: bool, settings: MinedSettings) -> Prober:
        return Prober([*settings.written()], self.flat.unsaid, same)

    def _labels(self) -> dict[int, str]:
        return {place: self.flat.labels.get(node.name, "") for place, node in enumerate(self.flat.graph.nodes)}

    def _text(
        self, program: Program, blocks: Sequence[BlockDefinition], settings: MinedSettings, parts: Sequence[MinedPart]
    ) -> str:
        """With its numbers as parameters, where they are one."""
        program, classes = with_classes(program, parts)
        for one in scaled(program, parts, blocks):
            given = {one.name: one.number, **classes}
            text = self._laid_out(one.program, one.definitions, settings, parts, given)
            if is_scalable(text, one):
                return text
        return self._laid_out(program, blocks, settings, parts, classes)

    def _laid_out(
        self,
        program: Program,
        blocks: Sequence[BlockDefinition],
        settings: MinedSettings,
        parts: Sequence[MinedPart],
        parameters: Mapping[str, int],
    ) -> str:
        free, said = Names(self.free.taken), spoken(program, settings)
        text = network_text(self.name, self.flat, said, parts, free, [*settings.written()], parameters)
        return _laid_out(blocks, settings, text, free)


def _with_noise(program: Program, parts: Sequence[MinedPart], noisy: Noisy) -> Iterator[MinedPart]:
    """What fills the slot in a part where it is the same in all its blocks."""
    start = len(program.entries)
    for part in parts:
        lines = [line for value, line in program.values() if start <= value <= part.end]
        found = {noisy.found[line.nodes[-1]] for line in lines if line.nodes[-1] in noisy.found}
        start = part.end + 1
        yield part._replace(settings=tuple(f"use drop = {one}" for one in found if one is not None))


def _plain(flat: FlatNetwork, name: str) -> str:
    free = Names({name, "body"})
    program, shared = with_shared_blocks(_read(flat), flat.graph, free)
    parts = [MinedPart("stage", "body", max(program.outputs))]
    return _laid_out(shared, MinedSettings(), network_text(name, flat, program, parts, free), free)


def step_by_step(flat: FlatNetwork) -> tuple[str, Mapping[str, str]]:
    """A text in which each operation is a line of its own, and what the source calls what these lines name.

    The line of the last one names nothing: it stands under the stage's name.
    """
    program, own = _read(flat), {"whole", "body"}
    inputs = names_of_inputs(flat.graph, Names(own))
    free = Names({*own, *inputs})
    labels = [*inputs, *(flat.labels[flat.graph.nodes[line.nodes[0]].name] for line in program.lines)]
    names = {value: free.take(labels[value]) for value, _ in program.values()}
    end = max(program.outputs)
    text = network_text("whole", flat, program, [MinedPart("stage", "body", end)], Names(own), named=names)
    nodes = [node.name for node in flat.graph.nodes[: len(inputs)]]
    labels[: len(inputs)] = [flat.labels[one] for one in nodes]
    return text, dict(zip([*inputs, *names.values()], labels, strict=True)) | {"body": labels[end]}


def _read(flat: FlatNetwork) -> Program:
    return _with_own_outputs(program_of(flat.graph, flat.network.shapes, flat.unsaid))


def _with_own_outputs(program: Program) -> Program:
    """With a step of its own for what is returned again: each output of a network is another value."""
    outputs, lines, count = [*program.outputs], [*program.lines], len(program.entries)
    for place, value in enumerate(outputs):
        if value in outputs[:place]:
            made = program.line(value)
            nodes = program.nodes[value : value + 1] if made is None else made.nodes
            outputs[place] = count + len(lines)
            lines.append(Line("identity", {}, (value,), program.shape(value), nodes))
    return Program(program.entries, tuple(lines), tuple(outputs), program.nodes)


def _laid_out(blocks: Sequence[BlockDefinition], settings: MinedSettings, network: str, free: Names) -> str:
    texts = [block_text(one, free.taken, settings) for one in blocks]
    return format_text(Source("<import>", "\n".join([*texts, network])))
