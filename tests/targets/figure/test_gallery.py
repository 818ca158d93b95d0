"""The gallery in docs/ is what its command writes."""

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.slow
def test_the_gallery_is_up_to_date(tmp_path):
    spec = importlib.util.spec_from_file_location("gallery", DOCS / "gallery.py")
    gallery = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gallery)
    gallery.write_gallery(tmp_path)
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    kept = sorted(path.relative_to(DOCS) for path in [*(DOCS / "gallery").iterdir(), DOCS / "gallery.md"])
    assert written == kept
    for path in written:
        assert (tmp_path / path).read_bytes() == (DOCS / path).read_bytes(), f"{path}: run `python docs/gallery.py`"
