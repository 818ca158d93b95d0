"""The command line called as a user calls it: arguments in; exit code, output and errors out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import NamedTuple
from unittest import mock

from resnet_dsl.cli import main

NET = """# A small network.
network small(classes = 10, width = 8) {
  input 32x32x3

  stem { conv(width, 3) -> norm -> act }
  stage a { 2 x basic(width) }
  stage b(stride = 2) { 2 x basic(2 * width) }
  head { avgpool(global) -> dense(classes) -> softmax }

  expect depth == 10
}
"""
TWO = NET + "\n# Its plain relative.\nnetwork plain from small { skips off }\n"
WRONG = "network wrong {\n  input 8x8x3\n  stage s { conf(4, 3) }\n  stage t { conv(0, 3) }\n}\n"
WARNED = "network warned { input 33x33x3 stage s { conv(4, 3, stride = 2) } }\n"


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def call(*arguments: str, stdin: str = "") -> Ended:
    """One command, in this process."""
    with _streams(stdin) as (out, err):
        try:
            code = main(list(arguments))
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return Ended(code, out.getvalue(), err.getvalue())


@contextmanager
def _streams(stdin: str) -> Iterator[tuple[io.StringIO, io.StringIO]]:
    out, err = io.StringIO(), io.StringIO()
    entering = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    with redirect_stdout(out), redirect_stderr(err), mock.patch("sys.stdin", entering):
        yield out, err
