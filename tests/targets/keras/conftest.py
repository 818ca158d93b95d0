"""Keras says little while the tests run."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
