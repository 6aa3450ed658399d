"""The tables of accounts and what belongs to them, and the database they are in."""
