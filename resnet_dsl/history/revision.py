"""The specs of a commit, read out of git's store: no working tree is touched, and nothing of the repository runs.

What is called are `rev-parse`, `ls-tree` and `cat-file`, which know no hooks, filters and conversions; a revision is
never taken for an option, and what a partial clone lacks is not fetched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, NamedTuple

from resnet_dsl import shipped
from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError
from resnet_dsl.failure import Failure, reason
from resnet_dsl.pipeline import LoadedSpec
from resnet_dsl.source import Source
from resnet_dsl.syntax import limits
from resnet_dsl.syntax.reading import ENDING, decode, read_spec

MOST_FILES, MOST_SPECS = 1_000_000, 20_000
"""Files that a commit may hold, and specs and submodules among them: a tree can name itself again and again."""

_SECONDS = 60
"""In which git answers."""

_LINK, _MODULE = "120000", "160000"
_WHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
"""What a hook finds set: of the repository that it runs in, which may be another one than that of the spec."""
_QUIET = {"GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


class Blob(NamedTuple):
    """A file of a commit: its mode, as git writes it, and its object."""

    mode: str
    object: str


@dataclass(frozen=True)
class Revision:
    """A commit of the repository in the folder ``root``.

    specs, modules: its specs, and the commits of its submodules, by their paths from there.
    """

    name: str
    commit: str
    root: str
    specs: Mapping[str, Blob]
    modules: Mapping[str, Blob]

    def path_of(self, path: str) -> str:
        """The path from the repository's root, behind all links. Raises Failure for a file outside of it."""
        real = os.path.realpath(path)
        if not real.startswith(os.path.join(self.root, "")):
            raise Failure(f"`{path}` does not lie in the repository `{self.root}`", "compare it in a call of its own")
        inside = os.path.relpath(real, self.root)
        module = next((one for one in self.modules if inside.startswith(os.path.join(one, ""))), None)
        if module is not None:
            raise Failure(
                f"`{inside}` lies in the submodule `{module}`", f"compare it in a call of its own: `{module}`"
            )
        return inside

    def under(self, folder: str) -> list[str]:
        """The specs that a folder held; none of what was no folder."""
        inside = os.path.join(self.path_of(folder), "") if os.path.realpath(folder) != self.root else ""
        return [path for path in self.specs if path.startswith(inside)]

    def spec(self, path: str) -> LoadedSpec:
        """The spec as it was there, with its imports as they were. Raises Refusal or DiagnosticError."""
        return LoadedSpec(self.read(path), self.read)

    def read(self, path: str) -> Source:
        """A spec, by its path from the root; what ships is that of today. Raises DiagnosticError."""
        if os.path.isabs(path) and shipped.holds(os.path.realpath(path)):
            return read_spec(path)
        inside = os.path.relpath(os.path.join(self.root, path), self.root)
        blob = self.specs.get(inside)
        if blob is None:
            raise DiagnosticError(Diagnostic("E0001", f"there is no file `{inside}` in `{self.name}`", None))
        if blob.mode == _LINK:
            raise DiagnosticError(Diagnostic("E0003", f"`{inside}` is a link in `{self.name}`", None))
        size = int(_said(self.root, "cat-file", "-s", blob.object))
        if size > limits.MAX_BYTES:
            raise DiagnosticError(limits.too_large(inside, size))
        data = _said(self.root, "cat-file", "blob", blob.object)
        return decode(f"{inside}@{self.commit[:7]}", data, os.path.join(self.root, inside))


def read_revision(name: str, path: str) -> Revision:
    """The commit of this name in the repository that holds the path. Raises Failure where there is none."""
    folder = _folder_above(path)
    root = os.fsdecode(_said(folder, "rev-parse", "--show-toplevel").removesuffix(b"\n"))
    commit = _commit(name, root)
    found = _files(root, commit, name)
    modules = {path: blob for path, blob in found.items() if blob.mode == _MODULE}
    return Revision(name, commit, root, {path: found[path] for path in found if path not in modules}, modules)


def _folder_above(path: str) -> str:
    """The folder that a file stands in, or stood in: the nearest one that is still there."""
    folder = os.path.realpath(path)
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder


def _commit(name: str, root: str) -> str:
    if not name or name.startswith("-") or "\0" in name:
        raise Failure(f"`{name}` is no revision", "a branch, a tag or a commit: `--base main`")
    try:
        found = _said(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except Failure:
        raise Failure(f"there is no commit `{name}` in the repository `{root}`", _remedy(name, root)) from None
    return found.decode().strip()


def _remedy(name: str, root: str) -> str:
    if _said(root, "rev-parse", "--is-shallow-repository").strip() == b"true":
        return "this clone is shallow: `git fetch --unshallow`, or in a workflow `fetch-depth: 0` for actions/checkout"
    if ".." in name:
        return "one revision, not a range: `--base $(git merge-base main HEAD)` is where a branch began"
    return "`git branch --all` shows the branches; one of a remote is `origin/main`"


def _files(root: str, commit: str, name: str) -> dict[str, Blob]:
    """All specs and submodules of a commit, by their paths. Raises Failure where they, or all files, are too many."""
    found: dict[str, Blob] = {}
    with _git(root, "ls-tree", "-r", "-z", "--full-tree", commit) as process:
        assert process.stdout is not None
        for count, entry in enumerate(_entries(process.stdout), 1):
            if entry.endswith(ENDING.encode()) or entry.startswith(_MODULE.encode()):
                facts, _, path = entry.partition(b"\t")
                mode, _, blob = facts.decode().split()
                found[os.fsdecode(path)] = Blob(mode, blob)
            if count > MOST_FILES or len(found) > MOST_SPECS:
                process.kill()
                raise Failure(f"`{name}` holds more than {MOST_FILES:,} files, or {MOST_SPECS:,} specs")
    if process.returncode:
        raise Failure(f"git cannot list the files of `{name}`", "`git fsck` says whether the repository is whole")
    return found


def _entries(stream: IO[bytes]) -> Iterator[bytes]:
    """What ends in zero bytes, chunk by chunk."""
    left = b""
    while chunk := stream.read(1 << 16):
        *whole, left = (left + chunk).split(b"\0")
        yield from whole


def _said(folder: str, *arguments: str) -> bytes:
    """What git answers. Raises Failure with its own words where it cannot."""
    with _git(folder, *arguments) as process:
        try:
            out, errors = process.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Failure(f"git gives no answer in {_SECONDS} seconds", "try again") from None
    if process.returncode:
        words = reason(Exception(errors.decode(errors="replace").removeprefix("fatal: ")))
        raise Failure(f"git cannot read the repository of `{folder}`: {words}", "`--base` is of files in git")
    return out


def _git(folder: str, *arguments: str) -> subprocess.Popen[bytes]:
    program = shutil.which("git")
    if program is None:
        raise Failure("git is not installed", "`--base` reads a spec as it was in git")
    free = {name: value for name, value in os.environ.items() if name not in _WHERE}
    command = [program, "--no-pager", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, cwd=folder, env={**free, **_QUIET}, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
