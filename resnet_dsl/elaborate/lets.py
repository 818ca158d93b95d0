"""The `let`s of files, each worked out when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable

from resnet_dsl.diagnostics.diagnostic import DiagnosticError
from resnet_dsl.elaborate.frames import Frame, Settings, file_frame
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.elaborate.names.circles import let_circle
from resnet_dsl.elaborate.values import Constant
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


class Lets:
    """What they are worth in one run over a network; ``work_out`` says it of one, in the frame of its file."""

    def __init__(self, work_out: Callable[[tree.Let, Frame], Constant]) -> None:
        self._work_out = work_out
        self._worth: dict[tree.Let, Constant] = {}
        self._asking: list[tuple[tree.Let, Span]] = []

    def worth(self, definition: Definition, token: tree.Token, settings: Settings) -> Constant:
        """What one is worth, which ``token`` asks for. Raises DiagnosticError where it is being worked out."""
        let = definition.tree
        assert isinstance(let, tree.Let)
        self._check_circle(let, token)
        if let not in self._worth:
            self._asking.append((let, token.span))
            try:
                self._worth[let] = self._work_out(let, file_frame(definition.module, settings))
            finally:
                self._asking.pop()
        return self._worth[let]

    def _check_circle(self, let: tree.Let, token: tree.Token) -> None:
        position = next((i for i, (asked, _) in enumerate(self._asking) if asked is let), None)
        if position is not None:
            spans = [*(span for _, span in self._asking[position + 1 :]), token.span]
            names = [asked.name.text for asked, _ in self._asking[position:]]
            raise DiagnosticError(let_circle(list(zip(names, spans, strict=True))))
