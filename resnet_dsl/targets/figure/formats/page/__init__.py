"""An interactive page of networks: one HTML file that needs nothing else; drawn in the browser by d3."""
