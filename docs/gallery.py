"""Writes docs/gallery.md and the figures that it shows: ``python docs/gallery.py``.

Every figure kind, and one network of every family that ships, each with the command that draws it. Same specs, same
bytes: a test writes the gallery again and compares.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import resnet_dsl
from resnet_dsl import shipped
from resnet_dsl.analyses.network import Facts
from resnet_dsl.targets.figure import Figure, block_figure, figure, roadmap_figure, write_page
from resnet_dsl.targets.table import tabulate, write
from resnet_dsl.writing import write_whole

DOCS = Path(__file__).resolve().parent
INTRODUCTION = """# Gallery

Every kind of figure that `resnet-dsl draw` makes, and every family of networks that ships. Written by
`python docs/gallery.py`; the file's ending chooses the format (svg, png, pdf, dot, tex, html). These have their words
`--text fixed`, for screens without Arial; otherwise an SVG's words are free to be edited.
"""


class Plate(NamedTuple):
    """One figure of the gallery: its file's name, what it shows, the command, and how it is made."""

    name: str
    words: str
    command: str
    make: Callable[[], Figure]


def load(name: str) -> Facts:
    return resnet_dsl.load(name).network(name).compiled.facts


def pair(*names: str) -> list[Facts]:
    return [load(name) for name in names]


KINDS = (
    Plate(
        "figure2",
        "A residual block in the words of the paper's Figure 2",
        "draw resnet34 --block basic --formula",
        lambda: block_figure(load("resnet34"), ["basic"], formula=True),
    ),
    Plate(
        "figure5",
        "Two blocks side by side, normalisation folded away: the paper's Figure 5",
        "draw resnet34 resnet50 --block basic --block bottleneck --level block",
        lambda: block_figure(pair("resnet34", "resnet50"), ["basic", "bottleneck"], "block"),
    ),
    Plate(
        "figure3",
        "Two networks side by side, every convolution a row: the paper's Figure 3",
        "draw plain34 resnet34 --level block",
        lambda: figure(pair("plain34", "resnet34"), "block"),
    ),
    Plate(
        "stages",
        "ResNet-152 by stages, for a slide",
        "draw resnet152 --level stage --wide",
        lambda: figure(load("resnet152"), "stage", wide=True),
    ),
    Plate(
        "stages_tall",
        "Three networks by stages, with parameters and MACs",
        "draw resnet18 resnet50 resnet152 --level stage --show params,macs",
        lambda: figure(pair("resnet18", "resnet50", "resnet152"), "stage", show=("params", "macs")),
    ),
    Plate(
        "slide",
        "All 152 layers on a slide",
        "draw resnet152 --level block --wide",
        lambda: figure(load("resnet152"), "block", wide=True),
    ),
    Plate(
        "compared",
        "Two networks with what tells them apart",
        "draw resnet50 keras_resnet50 --diff --level stage",
        lambda: figure(pair("resnet50", "keras_resnet50"), "stage", differences=True),
    ),
    Plate(
        "framed",
        "Blocks in boxes",
        "draw resnet18 --frame block --wide",
        lambda: figure(load("resnet18"), wide=True, frame="block"),
    ),
    Plate(
        "zoomed",
        "Close-ups joined to their places",
        "draw resnet50 --level stage --inset bottleneck@conv3 --inset block1@conv5",
        lambda: figure(load("resnet50"), "stage", insets=("bottleneck@conv3", "block1@conv5")),
    ),
    Plate(
        "roadmap",
        "From one network to the next: what each step changes, and what it costs",
        "draw resnet10t --roadmap",
        lambda: roadmap_figure(pair("resnet50", "resnet50c", "resnet50d", "resnet50t", "resnet10t")),
    ),
    Plate(
        "layers",
        "Every operation of ResNet-18",
        "draw resnet18 --level layer",
        lambda: figure(load("resnet18"), "layer"),
    ),
    Plate(
        "block",
        "A block in close-up, every path and operation, with shapes",
        "draw resnetrs50 --block conv3_block1 --show shape",
        lambda: block_figure(load("resnetrs50"), ["conv3_block1"], show=("shape",)),
    ),
    Plate(
        "res2net",
        "Branches that feed each other",
        "draw res2net50_26w_4s --block conv3_block2",
        lambda: block_figure(load("res2net50_26w_4s"), ["conv3_block2"]),
    ),
    Plate(
        "unet",
        "Long skip connections",
        "draw residual_unet --level block",
        lambda: figure(load("residual_unet"), "block"),
    ),
    Plate(
        "lanes",
        "Lanes by resolution: a U-Net",
        "draw unet_resnet34",
        lambda: figure(load("unet_resnet34")),
    ),
    Plate(
        "lanes_hrnet",
        "Lanes by resolution: HRNet",
        "draw hrnet_w18",
        lambda: figure(load("hrnet_w18")),
    ),
    Plate(
        "volumes",
        "What a network makes, as volumes: sides by square root, channels by logarithm",
        "draw resnet50 --view volume",
        lambda: figure(load("resnet50"), view="volume"),
    ),
    Plate(
        "volumes_unet",
        "The same of a residual U-Net",
        "draw residual_unet --view volume",
        lambda: figure(load("residual_unet"), view="volume"),
    ),
    Plate(
        "dense",
        "Dense connections, for a slide",
        "draw densenet121 --level block --wide",
        lambda: figure(load("densenet121"), "block", wide=True),
    ),
    Plate(
        "dark",
        "The dark theme",
        "draw resnet50 --level stage --wide --theme dark",
        lambda: figure(load("resnet50"), "stage", wide=True, theme="dark"),
    ),
    Plate(
        "mono",
        "The theme for a black-and-white printer",
        "draw cifar_resnet20 --level block --theme mono",
        lambda: figure(load("cifar_resnet20"), "block", theme="mono"),
    ),
)


def families() -> Iterator[Plate]:
    """The first network of each family, by stages."""
    seen = set()
    for file in shipped.shipped_files():
        if file.family in seen or not file.networks:
            continue
        seen.add(file.family)
        name = file.networks[0]
        yield Plate(
            f"family_{file.family.replace('/', '_')}",
            f"{file.family}: {', '.join(f'`{one}`' for one in file.networks)}",
            f"draw {name} --level stage --wide",
            lambda name=name: figure(load(name), "stage", wide=True),
        )


def write_gallery(folder: Path) -> None:
    """The page and its figures, in ``folder``."""
    (folder / "gallery").mkdir(exist_ok=True)
    lines = [INTRODUCTION]
    for heading, plates in (("Kinds of figures", KINDS), ("Families", tuple(families()))):
        lines.append(f"## {heading}\n")
        for plate in plates:
            plate.make().with_text("fixed").save(folder / "gallery" / f"{plate.name}.svg")
            shown = f"![{plate.words.replace('`', '')}](gallery/{plate.name}.svg)"
            lines.append(f"### {plate.words}\n\n```\nresnet-dsl {plate.command} -o {plate.name}.svg\n```\n\n{shown}\n")
    page = write_page([load("resnet50")])
    write_whole(folder / "gallery" / "resnet50.html", page)
    lines.append("## The interactive page\n\n```\nresnet-dsl draw resnet50 -o resnet50.html\n```\n")
    lines.append("[resnet50.html](gallery/resnet50.html): unfold stages and blocks, hover for facts, search.\n")
    table = write(tabulate(pair("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")), "md")
    lines.append(
        "## The paper's Table 1\n\n```\nresnet-dsl table resnet18 resnet34 resnet50 resnet101 resnet152 --to md\n```\n"
    )
    write_whole(folder / "gallery.md", "\n".join([*lines, table]))


if __name__ == "__main__":
    write_gallery(DOCS)
