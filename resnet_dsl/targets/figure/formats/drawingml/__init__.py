"""A geometry as shapes of Office (DrawingML): what a slide holds."""
