"""How long an editor waits for mistakes behind a change. Run: python benchmarks/editing.py

A file of seven networks (specs/resnet/imagenet.resnet), and, for `ruff server`, a Python file of as many lines. In
every fourth line with a number, one after the other, one is changed, and changed back; each figure is the median over
all changes. In one process: from the text to its diagnostics, everything anew, and with what is remembered of the
version before. Over the wire: from the message to the diagnostics, by the clock, and the processor time of the server.

Where other work shares the cores, what goes by the clock is several times as long.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import IO, Any

import measuring

from resnet_dsl.editing.document import Document
from resnet_dsl.editing.positions import source_of
from resnet_dsl.editing.remembering import Memory

SPEC = Path(__file__).parent.parent / "specs" / "resnet" / "imagenet.resnet"
SERVERS = {"`resnet-dsl lsp`": [sys.executable, "-m", "resnet_dsl", "lsp"], "`ruff server`": ["ruff", "server"]}


def versions(text: str) -> list[str]:
    """The text as somebody edits it: a number on a line, and back, and one on the next line."""
    lines = text.splitlines(keepends=True)
    changed = [[*lines[:at], _next(line), *lines[at + 1 :]] for at, line in enumerate(lines) if _next(line) != line]
    return [text if back else "".join(one) for one in changed[::4] for back in (False, True)]


def _next(line: str) -> str:
    """With another last digit of its last number."""
    return re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 1) % 10), line)


def python_of(lines: int) -> str:
    """A Python file of so many lines."""
    return "".join(Path(textwrap.__file__).read_text(encoding="utf-8").splitlines(keepends=True)[:lines])


def in_process(memory: Callable[[], Memory]) -> float:
    """Seconds of processor time, of one change."""
    return median(measuring.cpu(partial(_check, text, memory)) for text in versions(SPEC.read_text(encoding="utf-8")))


def _check(text: str, memory: Callable[[], Memory]) -> object:
    return Document(source_of("net.resnet", text), memory()).checked


class Server:
    """A language server, and what is sent to it and read from it."""

    def __init__(self, command: Sequence[str]) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to: IO[bytes] = self._process.stdin
        self._of: IO[bytes] = self._process.stdout
        self.send("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, id=1)
        self.until("id")
        self.send("initialized", {})

    def send(self, method: str, params: Any, **more: object) -> None:
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
        self._to.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._to.flush()

    def until(self, key: str, value: object = None, version: int | None = None) -> None:
        """Reads on until a message has a key with a value, or any; and is of a version of the text."""
        while True:
            length = 0
            while (line := self._of.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            message = json.loads(self._of.read(length))
            told = message.get("params") or {}
            if key in message and value in (None, message[key]) and version in (None, told.get("version")):
                return

    def processor_time(self) -> float:
        """Seconds that the process has taken so far (Linux)."""
        return time.clock_gettime((~self._process.pid << 3) | 2)

    def end(self) -> None:
        self.send("shutdown", None, id=2)
        self.until("id", 2)
        self.send("exit", None)
        self._process.wait()


def over_the_wire(command: Sequence[str], name: str, text: str) -> tuple[float, float]:
    """Seconds by the clock, and of the server's processor time, from a change to its diagnostics."""
    server, uri = Server(command), f"file:///nowhere/{name}"
    published = ("method", "textDocument/publishDiagnostics")
    item = {"uri": uri, "languageId": name.partition(".")[2], "version": 0, "text": text}
    server.send("textDocument/didOpen", {"textDocument": item})
    server.until(*published)
    taken = []
    for version, changed in enumerate(versions(text), 1):
        start, before = time.perf_counter(), server.processor_time()
        changes = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": changed}]}
        server.send("textDocument/didChange", changes)
        server.until(*published, version)
        taken.append((time.perf_counter() - start, server.processor_time() - before))
    server.end()
    return median(one for one, _ in taken), median(other for _, other in taken)


def main() -> None:
    repetitions = measuring.repetitions(__doc__)
    os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    memory = Memory()
    ways = {
        "everything anew": lambda: in_process(Memory),
        "with what is remembered": lambda: in_process(lambda: memory),
    }
    found = measuring.medians(ways, repetitions)
    rows = [(name, "", f"{1000 * taken:.1f}") for name, taken in found.items()]
    text = SPEC.read_text(encoding="utf-8")
    texts = {"net.resnet": text, "net.py": python_of(text.count("\n"))}
    for (server, command), (name, written) in zip(SERVERS.items(), texts.items(), strict=True):
        turns = [over_the_wire(command, name, written) for _ in range(repetitions)]
        clock, processor = (median(column) for column in zip(*turns, strict=True))
        rows.append((f"{server}, over the wire", f"{1000 * clock:.1f}", f"{1000 * processor:.1f}"))
    print(measuring.table(("from a change to its diagnostics", "ms by the clock", "ms of processor"), rows))


if __name__ == "__main__":
    main()
