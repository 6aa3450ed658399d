"""The browsers that are known, stay logged in, or are not asked for a second factor."""
