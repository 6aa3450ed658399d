"""Follows what was stored in a row of a database to where it was put there."""
