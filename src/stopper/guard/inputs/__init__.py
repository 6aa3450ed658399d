"""Refuses what no honest client sends: oversized, malformed or ambiguous requests."""
