"""PyTorch models of timm and pytorchcv: their arrays in our order and layout, and their outputs."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import numpy as np

from tests.specs.transfer import Array, randomised

_LATE = ("downsample", "shortcut", "identity_conv")
"""What a block calls its projection: in ours it comes last."""


_ORDER = ("v", "weight", "bias", "gain", "tau", "running_mean", "running_var", "gamma", "skipinit_gain")
"""Of a module's arrays, as Keras lists them."""


class _Nothing:
    """Stands for whatever timm wants of torchvision but does not use here."""

    NEAREST, BILINEAR, BICUBIC, BOX, HAMMING, LANCZOS = "nearest", "bilinear", "bicubic", "box", "hamming", "lanczos"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass


def stub_torchvision() -> None:
    """timm imports torchvision, which has no build for PyTorch without a GPU of this version: an empty one will do."""
    if "torchvision" in sys.modules or importlib.util.find_spec("torchvision") is not None:
        return
    parts = ("", ".transforms", ".transforms.functional", ".ops", ".ops.misc", ".datasets", ".models")
    for part in (*parts, ".models.feature_extraction"):
        name = f"torchvision{part}"
        module = ModuleType(name)
        module.__spec__ = importlib.machinery.ModuleSpec(name, None)
        module.__path__ = []
        module.__getattr__ = _attribute  # type: ignore[method-assign]
        sys.modules[name] = module
        if part:
            parent, _, leaf = name.rpartition(".")
            setattr(sys.modules[parent], leaf, module)


def _attribute(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return _Nothing


def randomise(model: Any) -> None:
    """New numbers in every parameter and moving statistic."""
    import torch

    random = np.random.default_rng(3)
    for module in model.modules():
        for name, tensor in (*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)):
            what = _what(module, name)
            if what is not None:
                shape = tuple(tensor.shape)
                turned = (*shape[1:], shape[0]) if what == "kernel" else shape  # fan in is all but the first axis
                numbers = randomised(turned, what, random)
                numbers = np.moveaxis(numbers, -1, 0) if what == "kernel" else numbers
                with torch.no_grad():
                    tensor.copy_(torch.from_numpy(np.ascontiguousarray(numbers)).reshape(shape))


def draw(modules: Iterable[Any]) -> None:
    """New numbers in every parameter and moving statistic, drawn module by module in Keras' layout."""
    import torch

    random = np.random.default_rng(3)
    for module in modules:
        tensors = {**_own(module), **dict(module.named_buffers(recurse=False))}
        for name in (one for one in _ORDER if tensors.get(one) is not None):
            what, tensor = _what(module, name), tensors[name]
            shape = np.moveaxis(np.empty(tensor.shape), (0, 1), (-1, -2)).shape if what == "kernel" else tensor.shape
            numbers = randomised(tuple(shape), str(what), random)
            numbers = np.moveaxis(numbers, (-1, -2), (0, 1)) if what == "kernel" else numbers
            with torch.no_grad():
                tensor.copy_(torch.from_numpy(np.ascontiguousarray(numbers)))


def _what(module: Any, name: str) -> str | None:
    if name in {"running_var", "gamma", "gain", "skipinit_gain", "v"} or (name == "weight" and module.weight.ndim == 1):
        return "moving_variance"
    if name == "weight":
        return "kernel"
    return "bias" if name in {"bias", "running_mean", "tau", "height_rel", "width_rel"} else None


def run(model: Any, images: Array) -> Array:
    """The logits; images have their channels last."""
    import torch

    with torch.no_grad():
        return np.asarray(model(torch.from_numpy(np.moveaxis(images, -1, 1).copy())).numpy())


def arrays(model: Any, images: Array) -> list[Array]:
    """All arrays, in the order in which the layers run, projections last in their block."""
    return [
        array for _, module in in_order(ran_modules(model, lambda: run(model, images))) for array in _arrays(module)
    ]


def ran_modules(model: Any, go: Callable[[], object]) -> list[tuple[str, Any]]:
    """The modules with parameters of their own and their names, in the order in which they first run."""
    ran: list[tuple[str, Any]] = []
    seen: set[int] = set()
    hooks = []
    for name, module in model.named_modules():
        if _own(module):
            hooks.append(module.register_forward_hook(_note(name, ran, seen)))
    go()
    for hook in hooks:
        hook.remove()
    return ran


def _own(module: Any) -> dict[str, Any]:
    return dict(module.named_parameters(recurse=False))


def _note(name: str, ran: list[tuple[str, Any]], seen: set[int]) -> Callable[..., None]:
    def hook(module: Any, *_: Any) -> None:
        if id(module) not in seen:
            seen.add(id(module))
            ran.append((name, module))

    return hook


def in_order(ran: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """A block that holds parameters itself (a factor at the end of its path) ends with them; then its projection."""
    names = [name for name, _ in ran]

    def last(prefix: str) -> int:
        return max(index for index, name in enumerate(names) if name.startswith(prefix) or f"{name}." == prefix)

    def place(index: int) -> tuple[float, int]:
        parts = names[index].split(".")
        for position, part in enumerate(parts):
            parent = ".".join(parts[:position]) + "." * (position > 0)
            if part == "project" and any(name.startswith(f"{parent}tree1.") for name in names):
                return last(f"{parent}tree1.") + 0.5, index
            if part in _LATE and any(name.startswith((f"{parent}conv1", f"{parent}body")) for name in names):
                return last(parent) + 0.5, index
        return index, 0

    return [ran[index] for index in sorted(range(len(ran)), key=place)]


def _arrays(module: Any) -> list[Array]:
    """The arrays of one module in Keras' layout and order."""
    tensors = {**_own(module), **dict(module.named_buffers(recurse=False))}
    found = {name: tensor.detach().numpy() for name, tensor in tensors.items()}
    if "height_rel" in found:
        return [found["width_rel"].T, found["height_rel"].T]
    if "weight" in found and found["weight"].ndim > 1:
        found["weight"] = np.moveaxis(found["weight"], (0, 1), (-1, -2))
    if "gain" in found:
        found["gain"] = found["gain"].reshape(-1)
    return [found[name] for name in _ORDER if found.get(name) is not None]
