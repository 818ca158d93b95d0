"""Figures of networks and of blocks: what is asked for, outlined, laid out and fitted to paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeAlias, cast

from resnet_dsl.analyses.network import Facts
from resnet_dsl.diagnostics.nearest import asked, nearest
from resnet_dsl.targets.figure.figure import Figure, FigureError, check_known
from resnet_dsl.targets.figure.fitting import PAGE, FittedFigure, Levels, Room, fit
from resnet_dsl.targets.figure.formats.engine import ENGINES, Engine
from resnet_dsl.targets.figure.layout.geometry import Geometry
from resnet_dsl.targets.figure.layout.layout import lay_out
from resnet_dsl.targets.figure.layout.measures import Measures, measures_of
from resnet_dsl.targets.figure.layout.strokes import stroked
from resnet_dsl.targets.figure.outline.captions import Captioned
from resnet_dsl.targets.figure.outline.compared import gather_compared
from resnet_dsl.targets.figure.outline.frames import FRAMES, Frames, framed
from resnet_dsl.targets.figure.outline.kinds import with_sizes
from resnet_dsl.targets.figure.outline.networks import default_level, gather_blocks, gather_networks, subject_of
from resnet_dsl.targets.figure.outline.outline import LAWS, Law, Laws, Outline
from resnet_dsl.targets.figure.outline.tiers import calls_for_lanes
from resnet_dsl.targets.figure.outline.volumes import as_volumes
from resnet_dsl.targets.figure.outline.zooms import with_zooms
from resnet_dsl.targets.figure.theme import Theme, Themed, UnknownThemeError, read_theme
from resnet_dsl.targets.figure.theme.lengths import LENGTHS, meant_length, points

LEVELS = ("stage", "block", "layer")
View: TypeAlias = Literal["boxes", "volume"]
VIEWS: tuple[View, ...] = ("boxes", "volume")
FACTS = ("params", "macs", "shape")
Layout: TypeAlias = Literal["lanes", "column", "row"]
LAYOUTS: tuple[Layout, ...] = ("lanes", "column", "row")
MOST_ROWS = 30_000
"""Of a figure, the rows of its cards included: nobody reads more, and they take ten seconds to lay out and draw."""
MOST_INSETS = 12
"""Beside the networks of a figure."""
FULL = "full"
"""A width: that of a theme's whole page."""


def figure(  # noqa: PLR0913 - each is a wish of its own
    networks: Facts | Sequence[Facts],
    level: str | None = None,
    wide: bool = False,
    *,
    theme: Themed = "light",
    show: Sequence[str] = (),
    titles: Sequence[str] | None = None,
    width: str | None = None,
    height: str | None = None,
    scale: bool = False,
    engine: Engine | None = None,
    differences: bool = False,
    frame: Frames | None = None,
    insets: str | Sequence[str] = (),
    layout: Layout | None = None,
    view: View = "boxes",
    volume: Mapping[str, str] | None = None,
) -> Figure:
    """The figure of a network, or of several side by side, their stages aligned.

    level: ``stage``, ``block`` (every convolution) or ``layer`` (every operation); the default is what stays readable.
    wide: flows to the right, for slides, instead of down, as in papers.
    theme: names of themes that ship, files (.toml), several with commas between (docs/themes.md), or a Theme.
    show: facts under each row: ``params``, ``macs``, ``shape``.
    layout: ``column`` flows down, ``row`` to the right, as ``wide`` has it; in ``lanes`` each resolution has its own,
        the finest on top. By stages lanes are the default of networks in which maps of several sizes meet, or grow.
    titles: above the networks, instead of their names.
    width: as printed, ``85mm`` (or cm, in, pt), or ``full``, a theme's page; without it that of the theme. Rows have
        letters of 7 points, or the theme's; what is given up so that all fits stands in ``Figure.notes``. Raises
        TooNarrowError, which says the width that is needed.
    height: as printed, at most; beside a width it is the theme's, or 8.875in, a page, where nothing is said.
    scale: the figure as it is without a width, letters and all scaled to that; ``Figure.warnings`` says when these are
        too small.
    differences: of two networks: rows that are alike stand side by side, grey; the others are marked, and what differs
        is told below, with the sums.
    insets: blocks in close-up beside the network, each joined to its place: ``bottleneck``, ``bottleneck@conv3``.
    frame: a dashed box, with its name, round each ``stage``, or round each ``block`` and the blocks in it.
    view: ``boxes`` (what is done), or ``volume``: what is made, as solids that stand in rows, by stages unless a level
        is given.
    volume: how the lengths of solids follow from sizes, ``{"side": "sqrt", "thickness": "log"}``, or ``linear``; else
        as the theme says.
    """
    _check(level, show, engine)
    check_known("layout", (layout or LAYOUTS[0],), LAYOUTS)
    subjects = _several(networks)
    insets = (insets,) if isinstance(insets, str) else insets
    if differences and len(subjects) != 2:
        raise FigureError("differences are those between two networks", f"{len(subjects)} are given")
    named = titled(subjects, titles)
    look = _look(theme)
    laws = _laws(view, volume, look)
    if laws and (differences or frame or insets):
        asked = "--diff" if differences else "--frame" if frame else "--inset"
        raise FigureError(f"volumes are drawn without `{asked}`", "leave one out")
    if laws and layout not in (None, "row"):
        raise FigureError("volumes stand in rows", f"leave `--layout {layout}` or `--view volume` out")
    paper = _Paper.of(width, height, scale, look)
    plain = not (differences or frame or insets or laws)
    chosen = _layout(layout, wide, plain and level in (None, LEVELS[0]) and all(map(calls_for_lanes, subjects)))
    if chosen == "lanes" and not plain:
        raise FigureError("lanes have no frames, insets, differences and volumes", "draw it in a column or a row")
    levels = _framed_levels(level) if frame else _from(level or ("stage" if laws else default_level(subjects)))
    gather = gather_compared if differences else gather_networks
    seen = with_sizes(look) if laws else look
    gathered: Levels = [(one, partial(gather, subjects, named, one, tuple(show), theme=seen)) for one in levels]
    if frame:
        check_known("frame", (frame,), FRAMES)
        gathered = [(one, partial(_with_frames, shown, subjects, frame)) for one, shown in gathered]
    if insets:
        _check_insets(insets, differences)
        gathered = [(one, partial(_with_insets, shown, subjects, tuple(insets), look)) for one, shown in gathered]
    told = partial(Captioned, subjects=tuple(subjects))
    if laws:
        gathered = [(one, partial(_with_volumes, shown, subjects, laws)) for one, shown in gathered]
    lanes = _from(level or LEVELS[0]) if chosen == "lanes" else ()
    tiers = partial(gather_networks, lanes=True, theme=with_sizes(look))
    in_lanes = [(one, partial(tiers, subjects, named, one, tuple(show))) for one in lanes]
    wide = chosen == "row" or laws is not None
    return _figure(gathered, wide, paper, look, engine, told, cuts=not insets, lanes=in_lanes)


def _layout(layout: Layout | None, wide: bool, lanes: bool) -> Layout:
    """The one asked for, else the default. Raises FigureError for what contradicts itself."""
    if wide and layout not in (None, "row"):
        raise FigureError(f"`--wide` is the layout `row`, and `{layout}` is asked for", "leave one of the two out")
    return layout or ("row" if wide else "lanes" if lanes else "column")


def block_figure(  # noqa: PLR0913 - each is a wish of its own
    networks: Facts | Sequence[Facts],
    blocks: Sequence[str],
    level: str | None = None,
    wide: bool = False,
    *,
    theme: Themed = "light",
    show: Sequence[str] = (),
    formula: bool = False,
    width: str | None = None,
    height: str | None = None,
    scale: bool = False,
    engine: Engine | None = None,
    view: View = "boxes",
    volume: Mapping[str, str] | None = None,
) -> Figure:
    """Blocks in close-up, side by side: each by its definition's name or by its place (``conv3_block1``).

    level: ``layer`` (the default) shows every operation, ``block`` folds normalisation away (the paper's Figure 5).
    formula: the words of the paper's Figure 2: weight layer, x, F(x), F(x) + x, identity.
    width, height, scale, view, volume: as ``figure`` has them; a formula has no volumes.
    Raises UnknownBlockError where no network calls such a block.
    """
    _check(level, show, engine)
    subjects, look = _several(networks), _look(theme)
    laws = _laws(view, volume, look)
    if laws and formula:
        raise FigureError("a formula has no volumes", "leave `--formula` or `--view volume` out")
    paper = _Paper.of(width, height, scale, look)
    asked = level or "layer"
    levels = (asked, "block") if asked == "layer" and not formula else (asked,)

    def gather(one: str, wide: bool) -> Outline:
        outline = gather_blocks(subjects, blocks, one, tuple(show), formula, with_sizes(look) if laws else look)
        calling = [subject_of(subjects, block) for block in blocks] if laws else []
        return as_volumes(outline, calling, laws) if laws else outline

    told = partial(Captioned, subjects=tuple(subjects), whole=False)
    gathered = [(one, partial(gather, one)) for one in levels]
    return _figure(gathered, wide or laws is not None, paper, look, engine, told, cuts=False)


def _look(themed: Themed) -> Theme:
    try:
        return read_theme(themed)
    except UnknownThemeError as unknown:
        raise FigureError(unknown.lines[0], unknown.remedy) from None


def _framed_levels(level: str | None) -> tuple[str, ...]:
    """Those at which a network has rows."""
    if level == "stage":
        raise FigureError("by stages a network has no rows to be framed: its cards are the frames", "draw it by blocks")
    return _from(level or "block")[:-1]


def _with_frames(gather: Callable[[bool], Outline], subjects: Sequence[Facts], kind: Frames, wide: bool) -> Outline:
    return framed(gather(wide), [subject.graph for subject in subjects], kind)


def _check_insets(insets: Sequence[str], differences: bool) -> None:
    if differences:
        raise FigureError("a figure of differences has no close-ups", "draw them in a figure of their own")
    if len(insets) > MOST_INSETS:
        raise FigureError(f"{len(insets)} close-ups are asked for: the most is {MOST_INSETS}", "ask for fewer")


def _with_insets(
    gather: Callable[[bool], Outline], subjects: Sequence[Facts], asked: tuple[str, ...], theme: Theme, wide: bool
) -> Outline:
    return with_zooms(gather(wide), subjects, asked, theme)


def _with_volumes(gather: Callable[[bool], Outline], subjects: Sequence[Facts], laws: Laws, wide: bool) -> Outline:
    """From what a tall figure shows, whose cards say no sizes: volumes do. They flow to the right in any case."""
    return as_volumes(gather(False), subjects, laws)


def _laws(view: View, asked: Mapping[str, str] | None, look: Theme) -> Laws | None:
    """Those that are asked for, else the theme's; None where boxes are drawn."""
    check_known("view", (view,), VIEWS)
    if view != "volume":
        if asked:
            raise FigureError("only volumes have sides and thickness", "draw them: `--view volume`")
        return None
    own = look.volume
    given = {"side": own.side, "thickness": own.thickness, **(asked or {})}
    check_known("edge", tuple(given), ("side", "thickness"))
    check_known("law", tuple(given.values()), LAWS)
    return Laws(cast("Law", given["side"]), cast("Law", given["thickness"]), own.angle, own.depth)


def _from(level: str) -> tuple[str, ...]:
    """A level and the coarser ones."""
    return LEVELS[LEVELS.index(level) :: -1]


@dataclass(frozen=True)
class _Paper:
    """What a figure is drawn for. room: None where letters need no fixed size; width: to which it is then scaled."""

    room: Room | None = None
    width: float | None = None

    @classmethod
    def of(cls, width: str | None, height: str | None, scale: bool, theme: Theme) -> _Paper:
        """What is asked for, else what the theme says. Raises FigureError for what contradicts itself."""
        across = theme.page.width if width is None else width_in_points(width, theme)
        down = length_in_points(height, "height")
        if across is None and (down is not None or scale):
            raise FigureError(f"`{'--scale' if scale else '--height'}` needs a `--width`", "say how wide it is printed")
        if scale and down is not None:
            raise FigureError("a figure that is scaled to a width has no height to choose", "leave `--height` out")
        room = None if across is None or scale else Room(across, down or theme.page.max_height or PAGE)
        return cls(room, across)


def _figure(
    levels: Levels,
    wide: bool,
    paper: _Paper,
    theme: Theme,
    engine: Engine | None,
    told: Callable[[Outline], Captioned],
    cuts: bool = True,
    lanes: Levels = (),
) -> Figure:
    measures = measures_of(theme, printed=paper.room is not None)
    if paper.room is None:
        outline = (lanes or levels)[0][1](wide)
        fitted = FittedFigure(_laid_out(outline, wide, measures), (), outline)
    else:
        fitted = fit(levels, wide, paper.room, cuts, measures, lanes)
    drawn = replace(stroked(fitted.geometry, theme.line, measures.point), language=theme.text.language)
    return Figure(drawn, theme, engine, paper.width, notes=fitted.told, point=measures.point, told=told(fitted.outline))


def _laid_out(shown: Outline, wide: bool, measures: Measures) -> Geometry:
    """Raises FigureError where it has too many rows."""
    items = [item for column in shown.columns for item in column.items]
    rows = len(items) + sum(len(group.rows) for item in items for group in item.groups)
    if rows > MOST_ROWS:
        remedy = "choose `--level stage`, or draw a block in close-up (`--block NAME`)"
        raise FigureError(f"the figure would have {rows:,} rows: the most is {MOST_ROWS:,}", remedy)
    return lay_out(shown, wide, measures)


def _check(level: str | None, show: Sequence[str], engine: Engine | None) -> None:
    check_known("level", (level or LEVELS[0],), LEVELS)
    check_known("fact", show, FACTS)
    check_known("engine", (engine or ENGINES[0],), ENGINES)


def length_in_points(length: str | None, what: str) -> float | None:
    """``85mm``, ``8.5cm``, ``3.3in`` or ``240pt`` as points; FigureError for anything else."""
    try:
        return None if length is None else points(str(length))
    except ValueError:
        raise FigureError(f"`{str(length)[:40]}` is no {what}", meant_length(str(length))) from None


def width_in_points(width: str, theme: Theme) -> float | None:
    """A length, or ``full``, the theme's. Raises FigureError where it says none."""
    if nearest(str(width), (FULL,)):
        raise FigureError(f"`{width[:40]}` is no width", asked(width, FULL))
    if width != FULL:
        return length_in_points(width, "width")
    if theme.page.full is None:
        raise FigureError(f"the theme {theme.name} has no page that is `{FULL}`", f"write a width: {LENGTHS}")
    return theme.page.full


def titled(networks: Sequence[Facts], titles: Sequence[str] | None) -> Sequence[str]:
    """What stands above the networks: their names, unless it is said. Raises FigureError where that is not one each."""
    if titles and (isinstance(titles, str) or len(titles) != len(networks)):
        raise FigureError("titles are a list, as many as networks", "say each, or leave them out")
    return titles or [one.graph.name for one in networks]


def _several(networks: Facts | Sequence[Facts]) -> Sequence[Facts]:
    return networks if isinstance(networks, Sequence) else (networks,)
