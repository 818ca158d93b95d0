"""Marks of the tests that need a program from outside; they are skipped where it is missing."""


def pytest_configure(config):
    config.addinivalue_line("markers", "tex: needs LaTeX (apt: texlive-latex-recommended, texlive-pictures)")
    config.addinivalue_line("markers", "browser: needs Chromium and its driver (apt: chromium, chromium-driver)")
