"""A stage's identity, its stored output, resume, memory, cost and budget."""
