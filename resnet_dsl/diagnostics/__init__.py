"""Mistakes and warnings in the user's terms: what one is, how it is drawn, and what its code means."""
