"""Neo4j: the schema, loading it, asking it, the guide. The only package that knows its driver."""
