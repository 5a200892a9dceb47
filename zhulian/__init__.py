"""珠联: the command line over the graph, the loaders, the queries and the views."""

__version__ = "0.1.0"
