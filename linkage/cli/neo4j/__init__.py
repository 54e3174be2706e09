"""The verbs of `linkage neo4j`."""
