"""Values that become SQL."""
