"""The modules that the one-file verifier is made of."""
