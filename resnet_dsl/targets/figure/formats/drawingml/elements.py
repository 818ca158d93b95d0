"""The elements of DrawingML: shapes, their frames, their outlines and colours."""

from __future__ import annotations

from collections.abc import Callable

from resnet_dsl.targets.figure.formats.bends import Connector, Spot
from resnet_dsl.targets.figure.formats.curves import corners
from resnet_dsl.targets.figure.formats.groups import Bounds
from resnet_dsl.targets.figure.formats.joints import within
from resnet_dsl.targets.figure.layout.geometry import Box, Point

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
PRESENTATION = "http://schemas.openxmlformats.org/presentationml/2006/main"
SPACES = f'xmlns:a="{DRAWING}" xmlns:p="{PRESENTATION}"'
_CHOICE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_SINCE_2016 = "http://schemas.microsoft.com/office/powerpoint/2015/09/main"
WHOLE = 100_000
"""A share of all, as Office counts."""


def shape(named: str, kind: str, look: str, body: str) -> str:
    """One shape. named: its number and name. kind: what its words are. look: its frame, outline and colours."""
    head = f"<p:nvSpPr>{named}<p:cNvSpPr{kind}/><p:nvPr/></p:nvSpPr>"
    return f"<p:sp>{head}<p:spPr>{look}</p:spPr>{body}</p:sp>"


def placed(frame: tuple[int, int, int, int], turned: int = 0, mirrored: tuple[bool, bool] = (False, False)) -> str:
    """Left, top, width and height in EMU; turned by 60,000ths of a degree, mirrored across and down."""
    left, top, wide, tall = frame
    marks = f' rot="{turned}"' if turned else ""
    marks += "".join(f' flip{axis}="1"' for axis, flip in zip("HV", mirrored, strict=True) if flip)
    return f'<a:xfrm{marks}><a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{tall}"/></a:xfrm>'


def outline(box: Box) -> str:
    """The form of a box: of one with round corners how round they are."""
    if box.shape in ("bare", "solid"):
        return '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    if box.shape == "circle":
        return '<a:prstGeom prst="ellipse"><a:avLst/></a:prstGeom>'
    corner = round(box.corner / min(box.width, box.height) * WHOLE)
    return f'<a:prstGeom prst="roundRect"><a:avLst><a:gd name="adj" fmla="val {corner}"/></a:avLst></a:prstGeom>'


def preset(bent: Connector) -> str:
    """The form of a connector, and where it bends."""
    corners = "".join(f'<a:gd name="adj{number}" fmla="val {share}"/>' for number, share in enumerate(bent.corners, 1))
    return f'<a:prstGeom prst="{bent.form}"><a:avLst>{corners}</a:avLst></a:prstGeom>'


def either(held: str, drawn: str) -> str:
    """One of two: PowerPoint takes the first since 2016; others, who know nothing of what it asks for, the second."""
    choice = f'<mc:Choice xmlns:p159="{_SINCE_2016}" Requires="p159">{held}</mc:Choice>'
    return f'<mc:AlternateContent xmlns:mc="{_CHOICE}">{choice}<mc:Fallback>{drawn}</mc:Fallback></mc:AlternateContent>'


def spot_in(point: Point, around: Bounds, frame: tuple[int, int, int, int]) -> Spot:
    """A place in a frame, in the frame's units."""
    x, y = within(point, around)
    return round(x * frame[2]), round(y * frame[3])


def drawn(way: str, frame: tuple[int, int, int, int]) -> str:
    """A form of its own."""
    lists = '<a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/>'
    drawn = f'<a:pathLst><a:path w="{frame[2]}" h="{frame[3]}">{way}</a:path></a:pathLst>'
    return f"<a:custGeom>{lists}{drawn}</a:custGeom>"


def way_along(corners: list[Spot]) -> str:
    """From corner to corner and back."""
    first, *rest = map(_pt, corners)
    return f"<a:moveTo>{first}</a:moveTo>{''.join(f'<a:lnTo>{one}</a:lnTo>' for one in rest)}<a:close/>"


def way_round(points: tuple[Point, ...], radius: float, spot: Callable[[Point], Spot]) -> str:
    """From point to point, round the corners."""
    turns = ((spot(enter), [spot(one) for one in curve]) for enter, *curve in corners(points, radius))
    between = "".join(
        f"<a:lnTo>{_pt(enter)}</a:lnTo><a:cubicBezTo>{''.join(map(_pt, curve))}</a:cubicBezTo>"
        for enter, curve in turns
    )
    return f"<a:moveTo>{_pt(spot(points[0]))}</a:moveTo>{between}<a:lnTo>{_pt(spot(points[-1]))}</a:lnTo>"


def _pt(spot: Spot) -> str:
    return f'<a:pt x="{spot[0]}" y="{spot[1]}"/>'


def filled(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour[1:].upper()}"/></a:solidFill>'
