"""What is asked of a test, and what it says."""
