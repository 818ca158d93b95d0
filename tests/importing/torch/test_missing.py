"""Without PyTorch its modules cannot be read, and that is said; nothing else asks for it."""

from __future__ import annotations

import pytest

from resnet_dsl.extras import MissingPackageError
from resnet_dsl.importing.torch import exporting, flat_of_module


@pytest.mark.keras  # which is looked for, to say which extra is nearly there
def test_without_pytorch_its_modules_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "is_installed", lambda package: False)
    with pytest.raises(MissingPackageError, match="a package that is not installed: torch") as missing:
        flat_of_module(object(), ())
    assert missing.value.package == "torch"
    assert missing.value.remedy is not None
    assert "resnet-dsl[torch]" in missing.value.remedy
