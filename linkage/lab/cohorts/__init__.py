"""Innocents who do something together, each kind from wide ranges."""
