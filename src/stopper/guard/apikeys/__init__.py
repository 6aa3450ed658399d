"""API keys: what a program brings in place of a session, and what it is allowed."""
