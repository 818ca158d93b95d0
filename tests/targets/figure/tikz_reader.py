"""Reads TikZ as TeX does, as far as our pictures go: places are computed from the text alone, letters have our widths.

What comes out is a geometry again, to be compared with the one that was written, or audited as any picture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from resnet_dsl.targets.figure.layout.geometry import Box, Geometry, Path, TextLine
from resnet_dsl.targets.figure.layout.metrics import width

_OPS = ("--", "-|", "|-")
_EDGES = {"west": (-1, 0), "east": (1, 0), "north": (0, 1), "south": (0, -1), "center": (0, 0)}
_LETTERS = {
    r"\textbackslash{}": "\\", r"\textasciitilde{}": "~", r"\textasciicircum{}": "^", r"\textless{}": "<",
    r"\textgreater{}": ">", r"\textbar{}": "|", r"\times": "×", r"\cdot": "·", r"\Delta": "Δ", r"\gamma": "γ",
    r"\beta": "β", r"\approx": "≈", r"\neq": "≠", r"\dots{}": "…", "-{}": "-", "''": '"', "--": "–",
}  # fmt: skip


@dataclass
class Node:
    """With y up, as TikZ has it."""

    name: str
    x: float
    y: float
    width: float
    height: float
    style: str
    options: dict[str, str]
    words: str
    layer: str = "main"

    def at(self, anchor: str) -> tuple[float, float]:
        across, down = 0.0, 0.0
        for word in anchor.split():
            across, down = across + _EDGES[word][0], down + _EDGES[word][1]
        return self.x + across * self.width / 2, self.y + down * self.height / 2

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        return self.x - self.width / 2, self.y - self.height / 2, self.x + self.width / 2, self.y + self.height / 2


class Reader:
    """A picture's nodes by name, and its lines. Raises where it holds anything that our pictures never have."""

    def __init__(self, tikz: str) -> None:
        self.lengths: dict[str, float] = {}
        self.styles: dict[str, dict[str, str]] = {}
        self.colours: dict[str, str] = {}
        self.nodes: dict[str, Node] = {}
        self.order: list[Node] = []
        self.lines: list[tuple[str, dict[str, str], list[tuple[float, float]]]] = []
        self.planes: list[tuple[str, list[tuple[float, float]]]] = []
        self.seen: list[tuple[float, float, float, float]] = []
        inside = tikz[tikz.index(r"\begin{tikzpicture}") : tikz.index(r"\end{tikzpicture}")]
        for line in inside.splitlines()[1:]:
            self._line(line)

    def _line(self, line: str) -> None:
        plain = line.strip()
        if (
            plain.startswith("%")
            or plain in (r"\tikzset{", "}")
            or plain.startswith((r"\pgfdeclarelayer", r"\pgfset", r"\medmuskip"))
        ):
            return
        if found := re.fullmatch(r"\\def(\\rd\w+)\{([^}]*)\}%.*", plain):
            self.lengths[found[1]] = self.length(found[2])
        elif found := re.fullmatch(r"\\definecolor\{(rd-\w+)\}\{HTML\}\{([0-9A-F]{6})\}", plain):
            self.colours[found[1]] = found[2]
        elif found := re.fullmatch(r"(rd [\w ]+)/\.(?:style|code)=\{(.*)\},", plain):
            self.styles[found[1]] = self._options(found[2])
        elif found := re.fullmatch(r"\\begin\{pgfonlayer\}\{([\w-]+)\}(.*)\\end\{pgfonlayer\}", plain):
            self._statement(found[2], found[1])
        else:
            self._statement(plain, "main")

    def _options(self, text: str) -> dict[str, str]:
        """In order; those of a style stand where it is named."""
        found: dict[str, str] = {}
        for option in _split(text):
            key, _, value = option.partition("=")
            found["style"] = found.get("style", key) if key in self.styles else found.get("style", "")
            inherited = {k: v for k, v in self.styles.get(key, {}).items() if k != "style"}
            found |= inherited or {key: value}
        return found

    def _statement(self, text: str, layer: str) -> None:
        assert text.endswith(";"), text
        if text.startswith(r"\node["):
            self._node(text, layer)
        elif text.startswith(r"\draw["):
            options, rest = _bracketed(text[len(r"\draw") :])
            self._draw(self._options(options), rest[:-1].strip())
        else:
            raise ValueError(text)

    def _node(self, text: str, layer: str) -> None:
        raw, rest = _bracketed(text[len(r"\node") :])
        options = self._options(raw)
        named = re.match(r" \(([A-Za-z][\w-]*)\)", rest)
        rest = rest[named.end() :] if named else rest
        place = (0.0, 0.0)
        if rest.startswith(" at "):
            inner, rest = _bracketed(rest[4:], "()")
            place = self.coordinate(inner)
        words, rest = _bracketed(rest.strip(), "{}")
        assert rest == ";", text
        node = Node(named[1] if named else "", 0, 0, 0, 0, options.get("style", ""), options, words, layer)
        if "fit" in options:
            self._fitted(node)
        else:
            self._sized(node)
            self._placed(node, place)
        self.order.append(node)
        self.seen.append(node.bounds)
        if node.name:
            assert node.name not in self.nodes, f"{node.name} stands twice"
            self.nodes[node.name] = node

    def _sized(self, node: Node) -> None:
        options = node.options
        size = self.length(options.get("minimum size", "0bp"))
        text = max((sum(_wide(piece) for piece in row) for row in self.rows(node)), default=0.0)
        least = size or self.length(options.get("minimum width", "0bp"))
        node.width = max(least, 0.0 if least else text)
        node.height = size or self.length(options.get("minimum height", "0bp"))

    def _fitted(self, node: Node) -> None:
        points: list[tuple[float, float]] = []
        rest = node.options["fit"][1:-1]
        while rest:
            inner, rest = _bracketed(rest, "()")
            if inner == "current bounding box":
                box = _joined(self.seen)
            elif inner in self.nodes:
                box = self.nodes[inner].bounds
            else:
                box = (*self.coordinate(inner), *self.coordinate(inner))
            points += [box[:2], box[2:]]
        left, low, right, high = _joined([(*point, *point) for point in points])
        pad = 2 * self.length(node.options.get("inner sep", "0bp"))
        node.x, node.y = (left + right) / 2, (low + high) / 2
        node.width = max(right - left + pad, self.length(node.options.get("minimum width", "0bp")))
        node.height = max(high - low + pad, self.length(node.options.get("minimum height", "0bp")))

    def _placed(self, node: Node, place: tuple[float, float]) -> None:
        options = node.options
        anchor = options.get("anchor", "center")
        if "at" in options:
            place = self.coordinate(options["at"][1:-1].strip()[1:-1])
        for way, (own, other, move) in _WAYS.items():
            if way in options:
                apart, of = options[way].split(" of ")
                bare = re.fullmatch(r"[\w-]+", of)
                x, y = self.nodes[of].at(other) if bare else self.coordinate(of)
                far = self.length(apart)
                place, anchor = (x + move[0] * far, y + move[1] * far), own
        x, y = (
            place[0] + self.length(options.get("xshift", "0bp")),
            place[1] + self.length(options.get("yshift", "0bp")),
        )
        blank = Node("", 0, 0, node.width, node.height, "", {}, "")
        dx, dy = blank.at(anchor)
        node.x, node.y = x - dx, y - dy

    def coordinate(self, text: str) -> tuple[float, float]:
        """What stands between round brackets."""
        shift = (0.0, 0.0)
        if text.startswith("["):
            options, text = _bracketed(text)
            found = self._options(options)
            shift = self.length(found.get("xshift", "0bp")), self.length(found.get("yshift", "0bp"))
        for sign, order in ((" |- ", 1), (" -| ", -1)):
            if sign in text:
                one, other = (self.coordinate(part) for part in text.split(sign)[::order])
                return one[0] + shift[0], other[1] + shift[1]
        if "," in text:
            x, y = text.split(",")
            return self.length(x) + shift[0], self.length(y) + shift[1]
        name, _, anchor = text.strip().partition(".")
        x, y = self.nodes[name].at(anchor or "center")
        return x + shift[0], y + shift[1]

    def length(self, text: str) -> float:
        """A sum of lengths."""
        total = 0.0
        text = re.sub(r"-\(([^)]*)\)", lambda found: "-" + found[1].replace("+", "-"), text)
        for sign, term in re.findall(r"([+-]?)([^+-]+)", text.replace(" ", "")):
            value = self.lengths[term] if term in self.lengths else float(re.fullmatch(r"([\d.]+)(?:bp|pt)?", term)[1])
            total += -value if sign == "-" else value
        return total

    def _draw(self, options: dict[str, str], rest: str) -> None:
        points: list[tuple[float, float]] = []
        names: list[str] = []
        op, cycle = "", False
        while rest:
            rest = rest.strip()
            if rest.startswith(_OPS):
                op, rest = rest[:2], rest[2:]
            elif rest.startswith("coordinate "):
                inner, rest = _bracketed(rest[len("coordinate ") :], "()")
                names.append(inner if not op else f"-{inner}")
            elif rest == "cycle":
                cycle, rest = True, ""
            else:
                moved = rest.startswith("++")
                inner, rest = _bracketed(rest[2 if moved else 0 :], "()")
                point = self.coordinate(inner)
                if moved:
                    point = points[-1][0] + point[0], points[-1][1] + point[1]
                if op in ("-|", "|-"):
                    points.append((point[0], points[-1][1]) if op == "-|" else (points[-1][0], point[1]))
                if names and names[-1].startswith("-"):
                    middle = (point[0] + points[-1][0]) / 2, (point[1] + points[-1][1]) / 2
                    self._mark(names.pop()[1:], middle)
                points.append(self._clipped(inner, point, points))
                if len(points) == 2 and op == "--":
                    points[0] = self._clipped(self._first, points[0], [points[1]])
                self._first, op = (inner if len(points) == 1 else ""), ""
        for name in names:
            self._mark(name, points[-1])
        self.seen += [(*point, *point) for point in points]
        if cycle:
            self.planes.append((options["fill"], points))
        else:
            self.lines.append((options.get("style", ""), options, points))

    def _mark(self, name: str, point: tuple[float, float]) -> None:
        self.nodes[name] = Node(name, *point, 0, 0, "", {}, "")

    def _clipped(self, inner: str, point, others) -> tuple[float, float]:
        """A line to a whole node ends at its border."""
        node = self.nodes.get(inner)
        if node is None or not others:
            return point
        x, y = others[-1]
        if abs(x - node.x) < 0.01:
            return node.x, node.y + (node.height if y > node.y else -node.height) / 2
        assert abs(y - node.y) < 0.01, "a line that is not along an axis"
        return node.x + (node.width if x > node.x else -node.width) / 2, node.y

    def rows(self, node: Node) -> list[list[tuple[str, float, bool, str]]]:
        """The words of a node, line by line: pieces of words, size, bold, ink; None: room between them."""
        font = node.options.get("font", "")
        base = (_size(font), r"\bfseries" in font, node.options.get("text", "rd-text"))
        return [list(_pieces(row, base)) for row in _rows(node.words)] if node.words else []

    def on_page(self, points) -> list[tuple[float, float]]:
        """As our geometries have them: y down, from the page's corner."""
        page = self.nodes["rdpage"].bounds
        return [(x - page[0], page[3] - y) for x, y in points]

    def geometry(self) -> Geometry:
        """What is seen, as a geometry of ours: y down, from the page's corner."""
        page = self.nodes["rdpage"].bounds
        boxes, texts = [], []
        for node in self.order:
            if node.style in ("rd page",) or (
                node.options.get("draw") is None and not node.words and "fit" in node.options
            ):
                continue
            x, y = node.x - page[0], page[3] - node.y
            lines = tuple(self._texts(node, x, y))
            if not node.name or "legend" in node.name:
                texts += lines
            else:
                boxes.append(Box(node.name, _shape(node), x, y, node.width, node.height, None, lines))
        paths = [
            Path(
                tuple((round(x - page[0], 2), round(page[3] - y, 2)) for x, y in _turns(points)),
                options["draw"].removeprefix("rd-"), "dash pattern" in options, "->" in options,
            )
            for _, options, points in self.lines
        ]  # fmt: skip
        frames = sorted(boxes, key=lambda box: box.shape != "frame")
        return Geometry(page[2] - page[0], page[3] - page[1], tuple(frames), tuple(texts), tuple(paths))

    def _texts(self, node: Node, x: float, y: float):
        rows = self.rows(node)
        for number, row in enumerate(rows):
            level = y + (number - (len(rows) - 1) / 2) * 10.5
            left = x - sum(map(_wide, row)) / 2
            for words, size, bold, ink in row:
                if words is not None:
                    wide = width(words, size, "bold" if bold else "plain")
                    yield TextLine(words, round(left + wide / 2, 2), round(level, 2), size, "bold" if bold else "plain",
                                   "middle", ink.removeprefix("rd-"))  # fmt: skip
                left += _wide((words, size, bold, ink))


def _turns(points):
    """Without those at which a line goes straight on."""
    kept = points[:1]
    for point, after in zip(points[1:], [*points[2:], None], strict=True):
        ends = [kept[-1], point, after] if after else []
        straight = ends and any(max(p[axis] for p in ends) - min(p[axis] for p in ends) < 0.01 for axis in (0, 1))
        kept += [] if straight else [point]
    return kept


_WAYS = {
    "below": ("north", "south", (0, -1)),
    "above": ("south", "north", (0, 1)),
    "right": ("west", "east", (1, 0)),
    "left": ("east", "west", (-1, 0)),
}


def _shape(node: Node) -> str:
    if node.layer.startswith("rd-frames"):
        return "frame"
    if "circle" in node.options:
        return "circle"
    return "round" if "draw" in node.options else "bare"


def _wide(piece) -> float:
    words, size, bold, _ = piece
    return size if words is None else width(words, size, "bold" if bold else "plain")


def _pieces(row: str, base):
    size, bold, ink = base
    while row:
        if found := re.match(r"\\hspace\{(-?[\d.]+)bp\}", row):
            yield None, float(found[1]), False, ""
            row = row[found.end() :]
        elif row.startswith(r"{\fontsize") or row.startswith((r"{\color", r"{\bfseries")):
            inner, row = _bracketed(row, "{}")
            own = _size(inner) or size
            colour = re.search(r"\\color\{(rd-\w+)\}", inner)
            words = re.sub(r"\\fontsize\{[^}]*\}\{[^}]*\}\\selectfont|\\color\{[^}]*\}|\\bfseries", "", inner)
            yield unescaped(words.removeprefix(" ")), own, bold or r"\bfseries" in inner, colour[1] if colour else ink
        else:
            end = min(
                (at for at in (row.find(r"\hspace{"), row.find(r"{\fontsize"), row.find(r"{\color")) if at > 0),
                default=len(row),
            )
            yield unescaped(row[:end]), size, bold, ink
            row = row[end:]


def unescaped(words: str) -> str:
    """The letters that TeX prints."""
    words = words.replace(r"\ensuremath", "")
    out, at = "", 0
    while at < len(words):
        for command, letter in _LETTERS.items():
            if words.startswith(command, at):
                out, at = out + letter, at + len(command)
                break
        else:
            if words[at] == "\\":
                assert words[at + 1] in "#$%&_{}", words
                out, at = out + words[at + 1], at + 2
            else:
                out, at = out + ("" if words[at] in "{}$" else words[at]), at + 1
    return out


def _rows(words: str) -> list[str]:
    found, depth = [""], 0
    at = 0
    while at < len(words):
        if words.startswith(r"\\", at) and depth == 0:
            found.append("")
            at += 2
            at += len(re.match(r"(\[-?[\d.]+bp\])?", words[at:])[0])
            continue
        if words[at] == "\\":
            found[-1] += words[at : at + 2]
            at += 2
            continue
        depth += {"{": 1, "}": -1}.get(words[at], 0)
        found[-1] += words[at]
        at += 1
    return found


def _size(font: str) -> float:
    found = re.search(r"\\fontsize\{([\d.]+)bp\}", font)
    return float(found[1]) if found else 0.0


def _split(text: str) -> list[str]:
    """At commas outside of brackets."""
    found, depth = [""], 0
    for letter in text:
        depth += {"{": 1, "}": -1, "[": 1, "]": -1, "(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return [one.strip() for one in found if one.strip()]


def _bracketed(text: str, pair: str = "[]") -> tuple[str, str]:
    """What stands between the first bracket and its fellow, and what follows; a backslash protects a letter."""
    assert text[0] == pair[0], text
    depth, at = 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        depth += {pair[0]: 1, pair[1]: -1}.get(text[at], 0)
        if depth == 0:
            return text[1:at], text[at + 1 :]
        at += 1
    raise ValueError(text)


def _joined(boxes):
    lefts, lows, rights, highs = zip(*boxes, strict=True)
    return min(lefts), min(lows), max(rights), max(highs)
