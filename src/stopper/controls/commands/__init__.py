"""Values that become a command or code."""
