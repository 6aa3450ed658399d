"""Refuses what another site sends in a user's name."""
