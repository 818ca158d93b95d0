"""What sentences to people are made of: names in a row, and things that are counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def listed(names: Iterable[str]) -> str:
    """Names of the language: ```conv`, `norm```."""
    return ", ".join(f"`{name}`" for name in names)


def either(words: Sequence[str]) -> str:
    """What can be chosen from: ``PNG, JPEG or GIF``."""
    return " or ".join([*([", ".join(words[:-1])] if words[1:] else []), words[-1]])


def first(names: Sequence[str], most: int) -> str:
    """The names in a row; of more than ``most`` the first, and how many more: ``a, b and 3 more``."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def there_are(names: Iterable[str]) -> str:
    """All that can be named: ``there is `a```, ``there are `a`, `b```."""
    names = [*names]
    return f"there {'is' if len(names) == 1 else 'are'} {listed(names)}"


def article(word: str) -> str:
    """What stands in front of a name: an ``Erf``, a ``Conv``, an ``LSTM``, whose letters are said one by one."""
    spelt = word.isupper() and not {*"AEIOU"} & {*word}
    vowel = word[:1] in "FHLMNRSX" if spelt else word[:1].upper() in "AEIOU" and not word.startswith(("Uni", "One"))
    return "an" if vowel else "a"


def an(name: str) -> str:
    """One of those that are called so: ``an `Erf```, ``a `Conv```."""
    return f"{article(name)} `{name}`"


def counted(count: int, what: str) -> str:
    """``1 operation``, ``3 operations``."""
    return f"{count} {plural(what, count)}"


def plural(what: str, count: int) -> str:
    """The word for so many: ``operation``, ``operations``; ``branches``, ``classes``, ``axes``."""
    if count == 1:
        return what
    return f"{what.removesuffix('is')}es" if what.endswith(("s", "ch")) else f"{what}s"
