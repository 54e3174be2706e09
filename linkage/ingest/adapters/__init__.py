"""Log formats of others: one file each, and a line in the registry."""
