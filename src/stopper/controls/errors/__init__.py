"""What an error shows, and to whom."""
