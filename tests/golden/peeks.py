"""What no command shows as text: where things stand in a figure, what an editor is told. Words in, text out."""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

from resnet_dsl.cli import panels
from resnet_dsl.cli.commands.draw import add_arguments
from resnet_dsl.cli.drawing import check_options, draw_networks, networks_of
from resnet_dsl.cli.specs import shown
from resnet_dsl.diagnostics.diagnostic import Edit
from resnet_dsl.diagnostics.draw import draw_all
from resnet_dsl.diagnostics.edits import edited
from resnet_dsl.editing.colouring import coloured
from resnet_dsl.editing.completing import complete
from resnet_dsl.editing.document import Document
from resnet_dsl.editing.drawing import draw
from resnet_dsl.editing.finding import definitions, references
from resnet_dsl.editing.hints import hints, lenses
from resnet_dsl.editing.hovering import hover
from resnet_dsl.editing.outline import OutlineEntry, folds, outline
from resnet_dsl.editing.positions import source_of
from resnet_dsl.editing.remedies import remedies
from resnet_dsl.editing.renaming import rename
from resnet_dsl.laboratory.data.load import load
from resnet_dsl.source import Span
from resnet_dsl.targets.figure import Figure
from resnet_dsl.targets.figure.theme import BASE, read_theme
from tests.golden.figures import text_of
from tests.golden.making import MAKING


def _drawn(*words: str) -> Figure:
    """The figure that `draw` makes of these words."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    options = parser.parse_args(words)
    if any(map(panels.is_figure_file, options.specs)):
        return panels.draw_file(options, add_arguments)
    check_options(options, "x.svg")
    networks = networks_of(options, lambda spec: shown(spec, options))
    theme = read_theme(BASE if options.theme is None else options.theme, options.theme_set)
    paper = {"width": options.width, "height": options.height, "scale": options.scale, "engine": None}
    drawn = draw_networks(options, networks, theme=theme, **paper)
    return drawn.with_steps(options.steps, options.fragments) if options.steps else drawn


def places(*words: str) -> str:
    """All places of a figure, and what was given up for the paper."""
    drawn = _drawn(*words)
    told = [f"{drawn!r} point {drawn.point:g}", *drawn.notes, *drawn.warnings]
    return "\n".join([*told, text_of(drawn.geometry)])


def steps(*words: str) -> str:
    """What appears at which step."""
    drawn = _drawn(*words)
    assert drawn.steps is not None
    first = drawn.steps.of(drawn.geometry)
    shown: list[tuple[object, str]] = [(box, box.key) for box in drawn.geometry.boxes]
    shown += [(text, text.words) for text in drawn.geometry.texts]
    shown += [(path, f"{path.source} -> {path.target}") for path in drawn.geometry.paths]
    return "\n".join(f"{first.get(id(thing))} {words}" for thing, words in shown)


def digest(*words: str) -> str:
    """The size of a larger figure, its first lines, and a digest of all places."""
    text = places(*words)
    return "\n".join([*text.splitlines()[:2], f"{len(text.splitlines())} lines {_digest(text)}"])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def cat(name: str) -> str:
    """A file that a call has written."""
    file = Path(name)
    return file.read_text(encoding="utf-8") if file.exists() else "no such file"


def slides(name: str) -> str:
    """The groups of shapes on the slides of a presentation; what is around them is python-pptx's."""
    with ZipFile(name) as archive:
        own = sorted(one for one in archive.namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", one))
        texts = [archive.read(one).decode() for one in own]
    return "\n\n".join(
        text[text.index("<p:grpSp>") : text.rindex("</p:spTree>")].replace("><", ">\n<") for text in texts
    )


def terminal(columns: str, name: str) -> str:
    """What `check` says on a terminal that is so wide, in its colours."""
    found = Document(source_of(name, cat(name))).checked.diagnostics
    return draw_all(found, True, int(columns), asking=True, wrapping=True).replace("\033", "ESC")


def editor(name: str) -> str:
    """The outline of a file, what folds, hints, counts above networks, and how its words are coloured."""
    document = Document(source_of(name, cat(name)))
    rows = [line for entry in outline(document) for line in _entry(entry, "")]
    rows += [f"fold {fold}" for fold in map(tuple, folds(document))]
    rows += [f"hint {_shown(one)}".replace("\n", " / ") for one in hints(document)]
    rows += [f"lens {_shown(one)}" for one in lenses(document)]
    rows += [f"{one.span.text}: {' '.join([one.type, *one.modifiers])}" for one in coloured(document)]
    return "\n".join(rows)


def _shown(row: tuple[object, ...]) -> str:
    """A row with its places as lines and columns."""
    return " ".join(_at(one) if isinstance(one, Span) else str(one) for one in row)


def _at(span: Span) -> str:
    return "{}:{}-{}:{}".format(*span.source.position(span.start), *span.source.position(span.end))


def _entry(entry: OutlineEntry, indent: str) -> Iterator[str]:
    yield f"{indent}{entry.kind} {entry.name} {entry.detail} {_at(entry.span)} {_at(entry.name_span)}"
    for below in entry.children:
        yield from _entry(below, f"{indent}  ")


def _pointing(name: str, words: str) -> tuple[Document, int]:
    """A file, and the place of its first such words, or, where a `¦` stands in them, that one."""
    text = cat(name)
    return Document(source_of(name, text)), text.index(words.replace("¦", "")) + max(words.find("¦"), 0)


def pointer(name: str, *words: str) -> str:
    """What is shown under the pointer at each of some words, where they are given, and where they stand."""
    rows: list[str] = []
    for one in words:
        document, offset = _pointing(name, one)
        found = hover(document, offset)
        rows += [f"--- {one}", "nothing" if found is None else found.text]
        rows += [f"given at {span}" for span in definitions(document, offset)]
        rows += [f"stands at {_at(span)}" for span in references(document, offset)]
    return "\n".join(rows)


def offered(text: str) -> str:
    """What is offered at the `¦` of a text."""
    document = Document(source_of("net.resnet", text.replace("¦", "")))
    found = complete(document, text.index("¦"), ["small.resnet", "unet.resnet"])
    return "\n".join(f"{_shown(one)}".replace("\n", " / ") for one in found)


def fixes(name: str) -> str:
    """The remedies of all mistakes of a file, each with the lines that it makes."""
    text = cat(name)
    rows: list[str] = []
    for one in remedies(Document(source_of(name, text)), 0, len(text)):
        rows.append(f"{'sure' if one.sure else 'perhaps'}: {one.title}")
        rows += [line for line in edited(text, one.edits).splitlines() if line not in text.splitlines()]
    return "\n".join(rows)


def renamed(name: str, words: str, new: str) -> str:
    """What another name changes."""
    return "\n".join(map(_change, rename(*_pointing(name, words), new)))


def _change(edit: Edit) -> str:
    return f"{_at(edit.span)} {edit.span.text} -> {edit.text}"


def dataset(path: str, resize: str | None = None) -> str:
    """What is found as the data of a training, and what is said of it."""
    found = load(path, resize=tuple(map(int, resize.split("x"))) if resize else None)
    return "\n".join([found.described, f"classes {', '.join(found.class_names)}", *found.notes])


def beside(name: str, network: str | None = None) -> str:
    """What an editor is told of the figure of a network, where it gets none."""
    shown = draw(Document(source_of(name, cat(name))), network)
    return f"{shown.network}, of {', '.join(shown.networks) or 'none'}: {shown.told or 'a figure'}"


PEEKS: dict[str, Callable[..., str]] = {
    one.__name__: one
    for one in (places, steps, digest, cat, slides, terminal, editor, pointer, offered, fixes, renamed, beside, dataset)
} | MAKING
"""By the word that a call begins with."""
