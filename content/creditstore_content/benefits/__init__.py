"""Where editors enter what a project does beside its reductions, each with its source."""
