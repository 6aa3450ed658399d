"""What the project stores outside of itself: in rows, files and caches."""
