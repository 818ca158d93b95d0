"""What each code means: the catalogue behind ``resnet-dsl explain``.

It stands in ``codes/``, a Markdown file for each hundred of codes (``E01.md``), read only when it is asked for. Below
the file's title each code has a section of this form; codes that no text can show have no examples:

    ## E0104: a comma is missing

    What it means, in a few sentences.

    Wrong:

    ```resnet
    the shortest text that gets this code
    ```

    Right:

    ```resnet
    the same text, corrected
    ```
"""

from __future__ import annotations

import os
import re
from functools import cache

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "codes")


def codes() -> dict[str, str]:
    """Every code that is explained, and its title."""
    return {code: section.partition("\n")[0].partition(": ")[2] for code, section in _sections().items()}


def explanation(code: str) -> str:
    """Title, words and examples of a code, as Markdown."""
    return _sections()[code]


@cache
def _sections() -> dict[str, str]:
    sections = {}
    for name in sorted(os.listdir(_FOLDER)):
        with open(os.path.join(_FOLDER, name), encoding="utf-8") as file:
            _, *found = re.split("^## ", file.read(), flags=re.MULTILINE)
        sections.update({section.partition(":")[0]: section.strip() for section in found})
    return sections
