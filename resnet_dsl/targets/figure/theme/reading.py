"""From names and files of themes to one theme: each says something, what a later one says counts."""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from functools import cache
from math import floor
from typing import Any, TypeAlias

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.nearest import asked, near_file, nearest
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.failure import Failure
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.source import Source
from resnet_dsl.targets.figure.theme.colours import (
    FOLLOWS,
    TEXT,
    ColourPair,
    apart,
    border_of,
    cleared,
    completed,
    contrast,
    pairs,
    ratio_of,
    value,
)
from resnet_dsl.targets.figure.theme.keys import ALWAYS_DRAWN, FORM
from resnet_dsl.targets.figure.theme.theme import (
    GAP,
    Boxes,
    Colours,
    KindLook,
    Legend,
    Letters,
    Lines,
    Page,
    Theme,
    VolumeLook,
)
from resnet_dsl.toml import Said, dotted, read_toml, read_toml_text

Themed: TypeAlias = "str | Theme | Sequence[str]"
"""A theme; or names of themes that ship and of files (.toml), which count in their order: ``cvpr,mono``."""

ENDING = ".toml"
BASE = "light"
"""The theme below all others."""
_SHIPPED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "shipped")
_MOST_FILES = 32
_LARGEST = 11.0
"""Points of the letters of rows where nobody says it, and on a screen."""
_ROW = 1.3
"""The least height of a row over the size of its letters."""
_GAPS = re.compile(r"(?:(?:[^{]|\{(?!\}))|(?<!\S)\{\}(?![^\s,.;:]))*")
"""Words whose gaps are words by themselves."""
_NUMBERS = re.compile(r"\b\d+\b")
_LONGEST_WORDS = 200
"""Letters that are replaced."""
_SETTING = "--theme-set"


class UnknownThemeError(Failure):
    """No theme of this name ships; the remedy names the nearest one, or all."""

    def __init__(self, name: str) -> None:
        known = theme_names()
        near = nearest(name, known)
        remedy = asked(name, near) if near else f"there are {', '.join(known)}; a file ends in {ENDING}"
        super().__init__(f"`{name[:80]}` is no theme of a figure", remedy)


@cache
def theme_names() -> tuple[str, ...]:
    """The themes that ship."""
    return tuple(sorted(name.removesuffix(ENDING) for name in os.listdir(_SHIPPED) if name.endswith(ENDING)))


def about(name: str) -> str:
    """What a theme that ships is for."""
    return str(_shipped(name).values["about"])


def read_theme(themed: Themed, settings: Sequence[str] = ()) -> Theme:
    """One theme of all that is named. settings: ``box.height=12``, which count last.

    Raises UnknownThemeError, Refusal for mistakes in files, Failure for those in settings.
    """
    if isinstance(themed, Theme):
        return themed
    names = themed.split(",") if isinstance(themed, str) else list(themed)
    names = [name.strip() for name in names]
    if all(name in theme_names() for name in names) and not settings:
        return _of_names(tuple(names))
    return _made(names, settings)


@cache
def _of_names(names: tuple[str, ...]) -> Theme:
    return _made(names, ())


def _made(names: Sequence[str], settings: Sequence[str]) -> Theme:
    layers = [_shipped(BASE)]
    for name in names:
        _extend(layers, _named(name), ())
    before = _Layers(layers).theme(",".join(names))
    if not settings:
        return before
    try:
        return _Layers([*layers, *map(_setting, settings)]).theme(before.name)
    except Refusal as refusal:
        mistake = refusal.diagnostics[0]
        raise Failure(f"`{_SETTING}`: {mistake.message}", mistake.help) from None


def _named(name: str) -> Said:
    """What a theme says that was named by the user: a name, or a file."""
    if name in theme_names():
        return _shipped(name)
    if not name.endswith(ENDING):
        raise UnknownThemeError(name)
    return read_toml(name, FORM)


@cache
def _shipped(name: str) -> Said:
    return read_toml(os.path.join(_SHIPPED, f"{name}{ENDING}"), FORM)


def _setting(text: str) -> Said:
    """``box.height=12`` as a file would say it; text needs no quotes."""
    key, sign, written = text.partition("=")
    if not sign or "\n" in text:
        raise Failure(f"`{text[:80]}` sets nothing", f"write `{_SETTING} KEY=VALUE`: box.height=12")
    try:
        tomllib.loads(f"value = {written}")
    except ValueError:
        written = '"' + written.strip().replace("\\", "\\\\").replace('"', '\\"') + '"'
    return read_toml_text(Source(_SETTING, f"{key} = {written}"), FORM)


def _extend(layers: list[Said], said: Said, within: tuple[str, ...]) -> None:
    """Put what a theme extends, and then itself, on top. Raises Refusal where it extends itself, or nothing."""
    own = said.source.path or said.source.name
    for number, name in enumerate(said.values.get("extends", ())):
        way = ("extends", number)
        path = beside(said, way, name)
        if os.path.realpath(path) in (*within, os.path.realpath(own)) or len(layers) > _MOST_FILES:
            words = f"`{name}` is extended by itself, or by too many others"
            raise Refusal((said.mistake("E0271", way, words, help="leave it out"),))
        _extend(layers, _named(path), (*within, os.path.realpath(own)))
    layers.append(said)


def beside(said: Said, way: tuple[str | int, ...], name: str) -> str:
    """What a file names as a theme, for ``read_theme``: one that ships, or the path of a file beside it.

    Of another file than a theme nothing is told but that it is none. Raises Refusal where there is no such theme.
    """
    folder = os.path.dirname(said.source.path or said.source.name)
    path = os.path.join(folder, name)
    if name in theme_names():
        return name
    if not name.endswith(ENDING):
        mistake = UnknownThemeError(name)
        raise Refusal((said.mistake("E0271", way, str(mistake), help=mistake.remedy),))
    if not os.path.isfile(path) or not os.path.realpath(path).endswith(ENDING):
        message = f"there is no file `{path}`, or it is no file that ends in {ENDING}"
        near = near_file(name, folder)
        help = asked(name, near) if near else "name a theme that ships, or a file beside this one"
        raise Refusal((said.mistake("E0271", way, message, help=help),))
    return path


class _Layers:
    """What themes say, one on top of the other, and who said it."""

    def __init__(self, layers: Sequence[Said]) -> None:
        self.layers = layers
        self.mistakes: list[Diagnostic] = []
        self.faults: set[object] = set()
        self.values: dict[str, dict[str, Any]] = {}
        for said in layers:
            for table, own in said.values.items():
                if isinstance(own, dict):
                    self._put(table, own)

    def _put(self, table: str, own: dict[str, Any]) -> None:
        known = self.values.setdefault(table, {})
        if table == "colour":
            for name in {later for key in own for later in FOLLOWS.get(key, ())}:
                known.pop(name, None)
        if table == "kind":
            own = {name: known.get(name, {}) | one for name, one in own.items()}
        known.update(own)

    def theme(self, name: str) -> Theme:
        """The theme. Raises Refusal where what is said does not go together."""
        said = self.values
        colours = completed({key: _frozen(one) for key, one in said["colour"].items()})
        kinds = {kind: _look(look, colours) for kind, look in said.get("kind", {}).items()}
        text = Letters(**said.get("text", {}))
        self._check_contrast(colours, kinds)
        self._check_kinds(kinds)
        self._check_words(said.get("words", {}))
        self._check_sizes(text, Boxes(**said.get("box", {})))
        if self.mistakes:
            raise Refusal(self.mistakes)
        return Theme(
            name,
            colours,
            Page(**said.get("page", {})),
            text,
            Lines(**{key: _frozen(one) for key, one in said.get("line", {}).items()}),
            Boxes(**said.get("box", {})),
            Legend(**said.get("legend", {})),
            VolumeLook(**said.get("volume", {})),
            kinds,
            said.get("words", {}),
        )

    def _check_contrast(self, colours: Colours, kinds: dict[str, KindLook]) -> None:
        written = self.values["colour"]
        near = [pair for pair in pairs(colours) if ratio_of(colours, pair) < pair.least]
        first = [pair for pair in near if pair.upper[0] in written and pair.lower[0] in written]
        for pair in first or near:  # what follows from a colour fails with it
            self._too_near(colours, pair)
        if len(colours.borders) != len(colours.fills):
            words = f"there are {len(colours.borders)} borders for {len(colours.fills)} fills"
            self._add("E0259", [("colour", "borders")], words, "write one a fill, or leave them out: they follow")
        for kind, look in kinds.items():
            for ink in (colours.ink, colours.faint, colours.projection) if look.fill else ():
                self._check_fill(kind, str(look.fill), ink)

    def _check_fill(self, kind: str, fill: str, ink: str) -> None:
        ratio = contrast(ink, fill)
        if ratio < TEXT and kind not in self.faults:
            self.faults.add(kind)
            message = f"words ({ink}) on {fill} have a contrast of {_below(ratio)}, and {TEXT:g} can be seen"
            self._add("E0270", [("kind", kind, "fill")], message, f'write "{apart(fill, ink, TEXT)}", or a paler one')

    def _too_near(self, colours: Colours, pair: ColourPair) -> None:
        """The one that was said last is at fault; the remedy is the shade of it that can be told from all others."""
        written = [way for way in (pair.upper, pair.lower) if way[0] in self.values["colour"]]
        at_fault = max(written, key=lambda way: self._said_last(("colour", *way)), default=None)
        if at_fault is None or at_fault in self.faults:
            return
        self.faults.add(at_fault)
        drawn = f"{pair.words} ({value(colours, pair.upper)}) on {value(colours, pair.lower)}"
        message = f"{drawn} have a contrast of {_below(ratio_of(colours, pair))}, and {pair.least:g} can be seen"
        better = cleared(colours, at_fault, {*self.values["colour"], pair.upper[0], pair.lower[0]})
        help = f'write "{better}" as `{dotted(("colour", *at_fault))}`' if better else "change the other colours, too"
        self._add("E0270", [("colour", *at_fault)], message, help)

    def _check_kinds(self, kinds: dict[str, KindLook]) -> None:
        for kind, look in kinds.items():
            role = OPERATIONS[kind].role if kind in OPERATIONS else kind
            for key in ("show", "fill") if role == "merge" else ():
                if getattr(look, key):
                    self._add("E0259", [("kind", kind, key)], f"`{kind}` is drawn as its sign", "leave it out")
            if role != "merge" and look.show in ("fold", "hide") and role in ALWAYS_DRAWN:
                message = f"`{kind}` is always drawn: without it the figure would be that of another network"
                self._add("E0259", [("kind", kind, "show")], message, 'write "box" or "thin"')

    def _check_words(self, words: dict[str, str]) -> None:
        for said, instead in words.items():
            if not any(map(str.isalnum, said)) or len(said) > _LONGEST_WORDS:
                message = f"`words` replaces words: one letter at least, and {_LONGEST_WORDS} at most"
                self._add("E0259", [("words", said)], message, "write what stands in the figure")
            elif lost := Counter(_NUMBERS.findall(said)) - Counter(_NUMBERS.findall(instead)):
                message = f"numbers are the network's: {', '.join(lost)} must stand on the right, too"
                self._add("E0259", [("words", said)], message, "replace the words around it alone")
            elif said.count(GAP) != instead.count(GAP) or not _GAPS.fullmatch(said):
                message = f"a `{GAP}` stands for a word between spaces, as often on the left as on the right"
                self._add("E0259", [("words", said)], message, f'write "{GAP} times" = "{GAP} mal"')

    def _check_sizes(self, text: Letters, box: Boxes) -> None:
        needed = _ROW * (text.size or _LARGEST)
        if box.height is not None and box.height < needed:
            message = f"`box.height` is {box.height:g}, and letters of {text.size or _LARGEST:g} need {needed:.3g}"
            self._add(
                "E0259", [("box", "height"), ("text", "size")], message, "make rows higher, or `text.size` smaller"
            )
        for name in ("size", "facts", "names", "title"):
            size = getattr(text, name)
            if size is not None and size < text.least:
                message = f"`text.{name}` is {size:g}, and `text.least` is {text.least:g}"
                self._add("E0259", [("text", name), ("text", "least")], message, f"write {text.least:g} or more")

    def _said_last(self, way: tuple[str | int, ...]) -> int:
        """The number of the layer that said it last."""
        return max((number for number, said in enumerate(self.layers) if way in said.places), default=-1)

    def _add(self, code: str, ways: Sequence[tuple[str | int, ...]], message: str, help: str) -> None:
        """Told at the value that was written last."""
        for said in reversed(self.layers):
            for way in ways:
                if way in said.places:
                    self.mistakes.append(said.mistake(code, way, message, help=help))
                    return


def _below(ratio: float) -> str:
    """A contrast that is not enough: never rounded to one that is."""
    return f"{floor(10 * ratio) / 10:.1f}"


def _look(said: dict[str, Any], colours: Colours) -> KindLook:
    fill = said.get("fill")
    return KindLook(**said, border=border_of(fill, colours.ground) if fill else None)


def _frozen(one: Any) -> Any:
    return tuple(one) if isinstance(one, list) else one
