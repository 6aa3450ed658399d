"""Templates as the flow sees them: each is written as a function of Python's."""
