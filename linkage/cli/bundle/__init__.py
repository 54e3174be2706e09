"""The verbs of `linkage bundle`, and the verifier as a program of its own."""
