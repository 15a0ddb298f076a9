"""The types of the graph, one module per entity. Each is built from what a selector gives, in one language."""
