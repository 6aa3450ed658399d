"""One search, from where a value does harm back to all that may have given it."""
