"""linkage finds the groups of accounts that one operator runs, and shows why."""
