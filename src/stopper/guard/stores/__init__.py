"""Where sessions and counters are kept: memory, SQLite, PostgreSQL or Redis."""
