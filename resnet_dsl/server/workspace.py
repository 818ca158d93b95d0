"""The texts that an editor has open, and what is known of them from version to version."""

from __future__ import annotations

import os
from collections.abc import Iterator

from pygls.uris import from_fs_path, to_fs_path

from resnet_dsl.editing.document import Document
from resnet_dsl.editing.positions import source_of
from resnet_dsl.editing.remembering import Memory
from resnet_dsl.source import Source
from resnet_dsl.syntax.reading import ENDING, read_spec

_MOST_FILES = 200
"""Files of a folder that are looked through for names, or offered to an import."""


class Workspace:
    """Documents by the addresses that the editor gives them.

    The thread that answers reads it while another text may come: it goes through copies.
    """

    def __init__(self) -> None:
        self._open: dict[str, Document] = {}
        self._memories: dict[str, Memory] = {}

    def __getitem__(self, uri: str) -> Document:
        """One that is open. Raises KeyError."""
        return self._open[uri]

    def __contains__(self, uri: object) -> bool:
        return uri in self._open

    def put(self, uri: str, text: str) -> None:
        """A text that was opened, or another version of it; those that import it are read again."""
        self._open[uri] = self._document(uri, text)
        self.forget_others(uri)

    def close(self, uri: str) -> None:
        self._open.pop(uri, None)
        self._memories.pop(uri, None)

    def forget_others(self, uri: str | None = None) -> None:
        """Has all other texts read anew, with what they import."""
        for other, document in [*self._open.items()]:
            if other != uri:
                self._open[other] = self._document(other, document.source.text)

    @property
    def uris(self) -> list[str]:
        return [*self._open]

    def uri_of(self, source: Source) -> str | None:
        """The address of a text; None of one that came from no file."""
        for uri, document in [*self._open.items()]:
            if document.source is source or (source.path is not None and document.source.path == source.path):
                return uri
        return None if source.path is None else from_fs_path(source.path)

    def beside(self, uri: str) -> Iterator[Document]:
        """The other specs that may ask for what a file defines: those that are open, and those in its folder."""
        own, opened = self._open[uri], [*self._open.values()]
        yield from (document for document in opened if document is not own)
        known = {document.source.path for document in opened}
        for path in self._files_beside(own):
            if path not in known:
                source = read_spec(path)
                yield Document(Source(os.path.basename(path), source.text, path), reader=self._reader(path))

    def importable(self, uri: str) -> list[str]:
        """What an import of a text may name: the files in its folder."""
        return [os.path.basename(path) for path in self._files_beside(self._open[uri])]

    def _files_beside(self, document: Document) -> list[str]:
        """The specs in the folder of a text, itself left out."""
        if document.source.path is None:
            return []
        folder = os.path.dirname(document.source.path)
        with os.scandir(folder) as entries:
            names = sorted(one.name for one in entries if one.name.endswith(ENDING) and one.is_file())
        paths = [os.path.realpath(os.path.join(folder, name)) for name in names[:_MOST_FILES]]
        return [path for path in paths if path != document.source.path]

    def _document(self, uri: str, text: str) -> Document:
        found = to_fs_path(uri)
        path = os.path.realpath(found) if found is not None and uri.startswith("file:") else None
        name = os.path.basename(path or uri)
        memory = self._memories.setdefault(uri, Memory())
        return Document(source_of(name, text, path), memory, self._reader(path))

    def _reader(self, path: str | None) -> WorkspaceReader:
        return WorkspaceReader(self, os.path.dirname(path) if path is not None else os.getcwd())

    def open_at(self, path: str) -> Document | None:
        """The text of a file that is open."""
        found = (one for one in [*self._open.values()] if one.source.path == path)
        return next(found, None)


class WorkspaceReader:
    """Reads what texts of a folder import: from the editor where it is open there."""

    def __init__(self, workspace: Workspace, folder: str) -> None:
        self._workspace = workspace
        self._folder = folder

    def __call__(self, name: str) -> Source:
        """The text of a file, by its path from the folder. Raises DiagnosticError."""
        path = os.path.join(self._folder, name)
        opened = self._workspace.open_at(os.path.realpath(path))
        return Source(name, (opened.source if opened is not None else read_spec(path)).text, path)
