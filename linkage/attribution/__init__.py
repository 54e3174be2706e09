"""Whose a group may be, and what it took."""
