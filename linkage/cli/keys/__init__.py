"""The verbs of `linkage keys`."""
