"""Where everything in a figure stands: lanes and ranks, then points. It decides nothing about what is shown."""
