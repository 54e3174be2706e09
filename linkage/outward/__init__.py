"""Ways in and out of a finished case: the graph, bundles, reports, what is told to others."""
