"""The verbs of `linkage runs`: what runs keep for later ones."""
