"""A text of the language and its networks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from html import escape
from itertools import islice
from typing import Any

from resnet_dsl import pipeline, shipped
from resnet_dsl.api.network import Network
from resnet_dsl.api.several import table
from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.diagnostics.draw import draw_all
from resnet_dsl.diagnostics.nearest import instead
from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.elaborate.networks.ends import InputSize
from resnet_dsl.failure import as_html
from resnet_dsl.sentences import counted

_MOST_SHOWN = 50
"""Networks of a text that a notebook lists."""


class Networks(Mapping[str, Network]):
    """The networks of a spec by name, compiled when they are asked for."""

    def __init__(self, spec: pipeline.LoadedSpec) -> None:
        self._spec = spec
        self._compiled: dict[str, Network] = {}

    def __getitem__(self, name: str) -> Network:
        if name not in self._compiled:
            if name not in self._spec.networks:
                raise _unknown(name, self._spec.networks)
            self._compiled[name] = Network(self._spec.compile(name))
        return self._compiled[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._spec.networks)

    def __len__(self) -> int:
        return len(self._spec.networks)


def _unknown(name: str, known: Iterable[str]) -> KeyError:
    error = KeyError(name)
    error.add_note(f"  = help: {instead(str(name), known)}")
    return error


class Spec:
    """A text of the language. ``networks`` maps names to networks; of a text with one, ``network()`` is it.

    meant: the network that ``network()`` is in a text with several: the shipped one that was asked for by its name.
    """

    def __init__(self, spec: pipeline.LoadedSpec, meant: str | None = None) -> None:
        self._spec = spec
        self._meant = meant
        self.networks = Networks(spec)

    def network(self, name: str | None = None, *, input_size: InputSize | None = None, **parameters: Any) -> Network:
        """A network under other parameters or another input size; without a name the only one, or the shipped one.

        ``input_size``: without the batch axis; of several inputs by name, those that are to be of another size.

        Raises Refusal where it cannot be compiled so.
        """
        return Network(self._spec.compile(name or self._meant, parameters, input_size))

    def check(self) -> tuple[Diagnostic, ...]:
        """Every mistake and warning of the text, in source order."""
        return self._spec.check()

    def __repr__(self) -> str:
        return f"<resnet_dsl.Spec of {', '.join(self.networks) or 'no network'}>"

    def _repr_html_(self) -> str:
        """A row for each network that compiles; below what is to be said of the text."""
        told = self.check()
        networks = list(self._compiling())
        listing = table(networks, rows=True)._repr_html_() if networks else f"<p>{escape(repr(self))}</p>"
        more = len(self.networks) - _MOST_SHOWN
        rest = f"<p>… and {counted(more, 'network')} more</p>" if more > 0 else ""
        return listing + rest + (as_html(draw_all(told, colours=True)) if told else "")

    def _compiling(self) -> Iterator[Network]:
        for name in islice(self.networks, _MOST_SHOWN):
            with suppress(Refusal):
                yield self.networks[name]


def load(spec: str | os.PathLike[str]) -> Spec:
    """The spec in a file, of a shipped network's name (``"resnet50"``), or in a text of the language.

    Raises Refusal, with all diagnostics, where it has a mistake of form or cannot be read.
    """
    text = os.fspath(spec)
    if "{" in text or "\n" in text:
        return _loaded(pipeline.load_text(text))
    shipped_path = None if text.endswith(".resnet") or os.sep in text else shipped.find(text)
    return _loaded(pipeline.load(shipped_path or text), text if shipped_path else None)


def _loaded(spec: pipeline.LoadedSpec, meant: str | None = None) -> Spec:
    pipeline.stop_at_errors(spec.diagnostics)
    return Spec(spec, meant)
