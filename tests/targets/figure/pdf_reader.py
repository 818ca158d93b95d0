"""Reads a PDF as its reader does: objects, fonts with their files, and the text that the page's content shows."""

from __future__ import annotations

import base64
import re
import zlib

_NUMBER = rb"(\d+) 0 R"


class Pdf:
    """Of one page, as ReportLab writes it: no streams of objects, no encryption."""

    def __init__(self, content: bytes) -> None:
        assert content.startswith(b"%PDF-")
        self.content = content
        found = re.finditer(rb"(?:^|\n)(\d+) 0 obj\n(.*?)endobj", content, re.DOTALL)
        self.objects = {int(one[1]): one[2] for one in found}

    def fonts(self) -> dict[str, bytes]:
        """All objects that are fonts, by their names."""
        found = [body for body in self.objects.values() if b"/BaseFont" in body]
        return {re.search(rb"/BaseFont /(\S+)", body)[1].decode(): body for body in found}

    def font_file(self, font: bytes) -> bytes:
        """The TrueType file that is embedded for a font."""
        descriptor = self.referred(font, b"FontDescriptor")
        return self.stream(self.referred(descriptor, b"FontFile2"))

    def referred(self, body: bytes, key: bytes) -> bytes:
        return self.objects[int(re.search(rb"/" + key + rb" " + _NUMBER, body)[1])]

    def stream(self, body: bytes) -> bytes:
        data = re.search(rb"stream\r?\n(.*?)\r?\n?endstream", body, re.DOTALL)[1]
        if b"/ASCII85Decode" in body:
            data = base64.a85decode(data.strip().removesuffix(b"~>"))
        return zlib.decompress(data) if b"/FlateDecode" in body else data

    def page(self) -> bytes:
        return next(body for body in self.objects.values() if re.search(rb"/Type /Page\b", body))

    def texts(self) -> list[str]:
        """Each line that is shown, by the fonts' own tables of what their letters mean."""
        meaning = {name: self._meaning(font) for name, font in self._named_fonts().items()}
        lines = []
        for block in re.findall(rb"\bBT\b(.*?)\bET\b", self.stream(self.referred(self.page(), b"Contents")), re.DOTALL):
            line, font = "", ""
            for name, shown in re.findall(rb"/(\S+) [\d.]+ Tf|\(((?:[^\\()]|\\.)*)\) Tj", block, re.DOTALL):
                font = name.decode() if name else font
                line += "".join(meaning[font][code] for code in _codes(shown))
            lines += [line] if line else []
        return lines

    def _named_fonts(self) -> dict[str, bytes]:
        """By the names that the page's content calls them."""
        dictionary = (
            self.referred(self.page(), b"Font") if re.search(rb"/Font " + _NUMBER, self.page()) else self.page()
        )
        return {one[1].decode(): self.objects[int(one[2])] for one in re.finditer(rb"/(F\S+) " + _NUMBER, dictionary)}

    def _meaning(self, font: bytes) -> dict[int, str]:
        table = self.stream(self.referred(font, b"ToUnicode")).decode()
        (said,) = re.findall(r"beginbfchar\n(.*?)\nendbfchar", table, re.DOTALL)
        pairs = re.findall(r"<(\w+)> <(\w+)>", said)
        return {int(code, 16): bytes.fromhex(letter).decode("utf-16-be") for code, letter in pairs}


def _codes(shown: bytes) -> bytes:
    """A string of a PDF without its escapes."""

    def plain(escape: re.Match[bytes]) -> bytes:
        word = escape[1]
        named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
        return bytes([int(word, 8)]) if word[:1].isdigit() else named.get(word, word)

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, shown, flags=re.DOTALL)
