"""Refuses what nobody declared, and whom nothing allows."""
