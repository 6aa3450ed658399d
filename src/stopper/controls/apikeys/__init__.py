"""API keys: what is promised, and what can be set."""
