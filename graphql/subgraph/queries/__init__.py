"""The fields of the query root, one module per entity: thin, from arguments to a selector to a type."""
