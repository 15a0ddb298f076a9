"""What a reader sees of a cube: table, chart, numbers. Pure functions, no requests and no database."""
