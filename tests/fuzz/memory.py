"""A limit on what a process may take beyond what it has already."""

import resource
from pathlib import Path


def limit_memory(most: int) -> None:
    """``most``: bytes of address space. Whatever the process has loaded (TensorFlow, say) does not count."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + most, used + most))
