"""A PDF of a figure: from its SVG (svglib and reportlab), since the embedded Graphviz draws none."""

from __future__ import annotations

import io
import re

from resnet_dsl.extras import MissingPackageError
from resnet_dsl.targets.figure.layout.geometry import Geometry
from resnet_dsl.targets.forms import FIGURES


def draw_pdf(svg: str, geometry: Geometry, scale: float) -> bytes:
    """``svg``: the figure in fixed colours. One page of the figure's size, text as text in Helvetica and Times."""
    try:
        from reportlab.graphics import renderPDF
        from reportlab.pdfgen.canvas import Canvas
        from svglib.svglib import svg2rlg
    except ImportError:
        raise MissingPackageError(FIGURES["pdf"].packages, "a PDF needs the packages svglib and reportlab") from None

    plain = re.sub(r"font-family=\"Arial[^\"]*\"", 'font-family="Helvetica"', svg)
    plain = re.sub(r"font-family=\"'Times[^\"]*\"", 'font-family="Times-Italic"', plain)
    drawing = svg2rlg(io.BytesIO(plain.encode()))
    size = (geometry.width * scale, geometry.height * scale)
    page = io.BytesIO()
    canvas = Canvas(page, pagesize=size, invariant=1)
    canvas.setTitle(geometry.title)
    canvas.setSubject(geometry.description)
    canvas.setCreator("resnet-dsl")
    canvas.scale(size[0] / drawing.width, size[1] / drawing.height)
    renderPDF.draw(drawing, canvas, 0, 0)
    canvas.showPage()
    canvas.save()
    return page.getvalue()
