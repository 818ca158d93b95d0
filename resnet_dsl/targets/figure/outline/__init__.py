"""What a figure shows: networks as columns of items and links, before anything has a place."""
