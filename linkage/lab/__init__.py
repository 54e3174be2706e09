"""Populations with planted operators, and how well they are found."""
