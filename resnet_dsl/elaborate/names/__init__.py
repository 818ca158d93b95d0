"""The names of a file, checked without running anything: those that are known, and what an unknown one meant."""
