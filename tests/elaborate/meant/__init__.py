"""Mistakes of meaning."""

import pytest

pytest.register_assert_rewrite("tests.elaborate.meant.cases")  # a case's own checks say what they compared
