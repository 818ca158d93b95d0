"""The page as one HTML text: data, style, script and the libraries that it stands on, all inside."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape
from importlib.resources import files

from resnet_dsl.analyses.network import Facts
from resnet_dsl.targets.figure.formats.page.tree import network_data
from resnet_dsl.targets.figure.formats.palette import Palette, dark_palette, palette
from resnet_dsl.targets.figure.theme import Themed, read_theme

_LIBRARIES = ("color", "dispatch", "timer", "ease", "interpolate", "selection", "drag", "transition", "zoom")
_SCRIPTS = ("layout", "draw", "controls")


def write_page(networks: Sequence[Facts], places: Sequence[Sequence[str]] = (), theme: Themed = "auto") -> str:
    """One self-contained page that works from disk.

    places: for each network and each of its nodes where it stands in the spec, in words (``net.resnet:14:5: conv(…)``).
    """
    data = [
        network_data(network, places[number] if number < len(places) else ()) for number, network in enumerate(networks)
    ]
    title = " and ".join(one["title"] for one in data)
    libraries = "\n".join(_read("vendor", f"d3-{name}.min.js") for name in _LIBRARIES)
    licences = _read("vendor", "LICENSE.txt").replace("*/", "* /")
    script = f"/*!\n{licences}*/\n{libraries}\n" + "".join(_read(f"{name}.js") for name in _SCRIPTS)
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    return (
        _read("page.html")
        .replace("{{policy}}", f"default-src 'none'; style-src 'unsafe-inline'; script-src '{_hash(script)}'")
        .replace("{{title}}", escape(title))
        .replace("{{style}}", _colours(theme) + _read("page.css"))
        .replace("{{script}}", script)
        .replace("{{data}}", text)
    )


def _read(*path: str) -> str:
    return files(__package__).joinpath(*path).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    """What the page's security policy lets run: this script and nothing else."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _colours(themed: Themed) -> str:
    theme = read_theme(themed)
    dark = f"@media (prefers-color-scheme: dark) {{:root{{{_variables(dark_palette(theme))}}}}}\n"
    return f":root{{{_variables(palette(theme))}}}\n{dark if theme.page.adaptive else ''}"


def _variables(colours: Palette) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in colours.named(4).items())
