"""The text of a shipped network with all that it needs, as it was written: without comments and expectations."""

from __future__ import annotations

import re
from functools import lru_cache

from resnet_dsl.shipped import shipped_files
from resnet_dsl.source import Source
from resnet_dsl.syntax.formatter import format_text

_WORD = re.compile(r"[\w.]+|->|[^\w\s]")


def length(text: str) -> int:
    """The words and signs of a text."""
    return len(_WORD.findall(text))


def as_written(network: str) -> str:
    """Its definition, those of its bases, and the blocks that they call."""
    found: dict[str, str] = {}
    open_ = [(network, _file_of(network))]
    while open_:
        name, path = open_.pop()
        text = _definitions(path).get(name) if name not in found else None
        if text is not None:
            found[name] = text
            words = {*re.findall(r"[A-Za-z_]\w*", text)} - {name}
            open_ += [(word, other) for word in words for other in (path, *_files_of(word, text))]
    return "\n".join(found.values())


def _files_of(word: str, text: str) -> list[str]:
    """Where else a word of a text may be defined: a base in its own file, a block in any."""
    is_base = re.search(rf"\bfrom {word}\b", text) is not None
    return [path for path in _paths() if _definitions(path).get(word, "").startswith("network") is is_base]


def _file_of(network: str) -> str:
    return next(path for path in _paths() if _definitions(path).get(network, "").startswith("network"))


@lru_cache
def _paths() -> tuple[str, ...]:
    return tuple(file.path for file in shipped_files())


@lru_cache
def _definitions(path: str) -> dict[str, str]:
    with open(path, encoding="utf-8") as file:
        text = format_text(Source(path, file.read()))
    bare = "\n".join(line for line in re.sub("#.*", "", text).splitlines() if not line.strip().startswith("expect "))
    parts = re.split(r"^(?=(?:shared )?(?:network|block|slot|let|import) )", bare, flags=re.MULTILINE)
    names = [re.match(r"(?:shared )?(?:network|block|slot|let) (\w+)", part) for part in parts]
    return {name[1]: part for name, part in zip(names, parts, strict=True) if name}
