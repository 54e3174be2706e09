"""Why two accounts are linked or not, and what speaks against a group."""
