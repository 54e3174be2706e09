"""Texts to templates: skeletons, segments, the encoder, near-duplicates, clusters."""
