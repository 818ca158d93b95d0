"""How figures look: a theme is a value, read from files in TOML, of which some ship and any may be a user's own.

``theme.py`` says what a theme is, ``keys.py`` how it is written, ``reading.py`` makes one of names and files,
``colours.py`` works out the colours that are not written and measures all of them.
"""

from __future__ import annotations

from resnet_dsl.targets.figure.theme.reading import (
    BASE,
    Themed,
    UnknownThemeError,
    about,
    beside,
    read_theme,
    theme_names,
)
from resnet_dsl.targets.figure.theme.theme import Theme

__all__ = ["BASE", "Theme", "Themed", "UnknownThemeError", "about", "beside", "read_theme", "theme_names"]
