"""The signals, one module for each family, and their registry."""
