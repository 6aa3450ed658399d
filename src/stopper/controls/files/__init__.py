"""Files that a request names, and archives that name their own."""
