"""The types of the graph, one module per entity, built from what a selector gives, in one language."""
