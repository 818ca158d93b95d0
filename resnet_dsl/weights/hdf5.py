"""The layers of an HDF5 file with weights, in any of the layouts of Keras. Nothing outside the file is ever followed.

Keras 3 keeps the variables of a layer as ``layers/conv2d_3/vars/0``, ``…/1``, and the layer's name as an attribute of
``vars``. Older files list the layers in the attribute ``layer_names``, of the file or of its group ``model_weights``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import h5py

from resnet_dsl.weights.bounds import DamagedError
from resnet_dsl.weights.stored import DEEPEST, NOT_WEIGHTS, Stored, StoredLayer, in_order, readable, within

_MOST_LAYERS = 1_000_000
_FILTERS = {"1": "gzip", "2": "shuffle", "3": "fletcher32", "32000": "lzf"}
"""Filters that h5py has built in; any other would load a library from the disk."""


def stored_layers(content: bytes, most: int, named: Callable[[str], str | None]) -> tuple[StoredLayer, ...]:
    """Every layer, also those that have no arrays. Raises DamagedError; and whatever h5py raises for a damaged file.

    most: the bytes that all arrays together may unpack to. named: from the place of a group that does not say it to its
    layer's name.
    """
    root = _opened(content)
    walk = _Walk(named)
    if "layer_names" in root.attrs or "layer_names0" in root.attrs:
        layers = tuple(walk.older_layers(root))
    elif "model_weights" in root:
        layers = tuple(walk.older_layers(walk.child(root, "model_weights")))
    else:
        layers = tuple(walk.layers(root))
    return within(layers, most)


def model_config(content: bytes) -> bytes | None:
    """Keras' description of the model in an older file of a whole one, as JSON; None in others. Raises as above."""
    attributes = _opened(content).attrs
    if "model_config" not in attributes:
        return None
    if attributes.get_id("model_config").shape != ():
        raise DamagedError("its attribute `model_config` is no text")
    text = attributes["model_config"]
    return text.encode() if isinstance(text, str) else bytes(text)


def _opened(content: bytes) -> Any:
    """The file in memory: HDF5 has no name to look beside, and asks Python for nothing, which would be slow."""
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_fapl_core(backing_store=False)
    access.set_file_image(content)
    return h5py.File(h5py.h5f.open(b"weights", h5py.h5f.ACC_RDONLY, access))


class _Walk:
    """Goes through the groups of a file, each once."""

    def __init__(self, named: Callable[[str], str | None]) -> None:
        self._named = named
        self._seen: set[Any] = set()

    def layers(self, root: Any) -> Iterator[StoredLayer]:
        """The layers of Keras 3's layout."""
        if "layers" not in root:
            raise DamagedError("it holds no layers of a Keras model")
        pending = [(root, "")]
        while pending:
            group, place = pending.pop()
            for key in group:
                if not key.startswith(NOT_WEIGHTS):
                    yield from self._entry(group, key, place, pending)

    def _entry(self, group: Any, key: str, place: str, pending: list[Any]) -> Iterator[StoredLayer]:
        """A layer, where this child is its variables (numbers first, then names); else it is looked into later."""
        child = self.child(group, key)
        if not isinstance(child, h5py.Group):
            raise DamagedError(f"`{_shown(place)}` holds {_shown(key)}, which is no group")
        if key != "vars":
            inside = f"{place}/{key}".lstrip("/")
            if inside.count("/") > DEEPEST:
                raise DamagedError("its groups are nested too deep")
            pending.append((child, inside))
            return
        name = _text(child.attrs, "name") if "name" in child.attrs else self._named(place)
        members = [(None if one.isdigit() else one, self.child(child, one), None) for one in in_order(child)]
        yield StoredLayer(name, place, self._arrays(members))

    def older_layers(self, root: Any) -> Iterator[StoredLayer]:
        """The layers of the older layouts."""
        for name in [*_listed(root, "layer_names"), "top_level_model_weights"]:
            if name in root:
                group = self._reached(root, name)
                paths = _listed(group, "weight_names")
                names = (path.rpartition("/")[2].partition(":")[0] for path in paths)  # kernel, of conv/kernel:0
                found = (self._reached(group, path) for path in paths)
                yield StoredLayer(name, name, self._arrays(zip(names, found, paths, strict=True)))

    def _arrays(self, members: Iterable[tuple[str | None, Any, str | None]]) -> tuple[Stored, ...]:
        """The weights among a layer's variables: a counter (of the images that a Normalization saw) is none."""
        found = ((self._stored(name, one), path) for name, one, path in members if not _is_counter(one))
        return tuple(stored._replace(path=path) for stored, path in found)

    def _reached(self, group: Any, path: str) -> Any:
        for part in path.split("/"):
            group = self.child(group, part, again=True)
        return group

    def child(self, group: Any, key: str, again: bool = False) -> Any:
        """What lies in a group under a name. Raises DamagedError for links, and for what was seen before."""
        link = _link(group, key)
        if link.type != h5py.h5l.TYPE_HARD:
            raise DamagedError(f"`{_shown(key)}` is a link to another place")
        found = group[key]
        if link.u in self._seen and not (again and isinstance(found, h5py.Group)):
            raise DamagedError(f"`{_shown(key)}` lies at two places")
        self._seen.add(link.u)
        if len(self._seen) > _MOST_LAYERS:
            raise DamagedError("it has too many parts")
        return found

    def _stored(self, name: str | None, dataset: Any) -> Stored:
        if not isinstance(dataset, h5py.Dataset):
            raise DamagedError("a group stands where an array is expected")
        if dataset.external or dataset.is_virtual:
            raise DamagedError("an array of it lies in another file")
        settings = dataset.id.get_create_plist()
        filters = [str(settings.get_filter(one)[0]) for one in range(settings.get_nfilters())]
        unknown = [one for one in filters if one not in _FILTERS]
        if unknown:
            raise DamagedError(f"an array of it is packed by a filter (number {unknown[0]}) that is not read")
        return Stored(name, dataset, _kind(dataset))


def _link(group: Any, key: str) -> Any:
    """How a name stands in a group: what kind of link, and for an ordinary one the address in the file (``u``)."""
    try:
        return group.id.links.get_info(key.encode())
    except (AttributeError, KeyError, ValueError, RuntimeError):
        raise DamagedError(f"it has no `{_shown(key)}` where its list says so") from None


def _is_counter(found: Any) -> bool:
    return isinstance(found, h5py.Dataset) and found.shape == () and found.dtype.kind in "iu"


def _kind(dataset: Any) -> str:
    """The name of the numbers' type. Raises DamagedError for what is no floating-point number."""
    if dataset.shape is None:
        raise DamagedError("an array of it has no shape")
    kind = dataset.dtype
    if kind.kind == "V" and kind.itemsize == 2 and "dtype" in dataset.attrs:
        stated = _text(dataset.attrs, "dtype")
        if stated == "bfloat16":
            return stated
    if kind.kind != "f" or kind.itemsize > 8:
        raise DamagedError(f"it holds {kind.name} where floating-point numbers are expected (is it quantised?)")
    return str(kind.name)


def _listed(group: Any, name: str) -> list[str]:
    """The texts of an attribute, which may be cut into several: ``layer_names0``, ``layer_names1``."""
    if not isinstance(group, h5py.Group):
        raise DamagedError(f"`{name}` is missing")
    if name in group.attrs:
        return _texts(group.attrs, name)
    found: list[str] = []
    while f"{name}{len(found)}" in group.attrs:
        found.append(f"{name}{len(found)}")
    return [text for part in found for text in _texts(group.attrs, part)]


def _texts(attributes: Any, name: str) -> list[str]:
    shape = attributes.get_id(name).shape
    if shape is None or len(shape) != 1 or shape[0] > _MOST_LAYERS:
        raise DamagedError(f"its attribute `{name}` is no list of names")
    return [readable(one, name) for one in attributes[name]] if shape[0] else []


def _text(attributes: Any, name: str) -> str:
    if attributes.get_id(name).shape != ():
        raise DamagedError(f"its attribute `{name}` is no name")
    return readable(attributes[name], name)


def _shown(name: str) -> str:
    """A name of a part, for a message."""
    return ascii(name[:60])[1:-1]
