"""The steps of the main job: each brings stages together, and only the pipeline knows their order."""
