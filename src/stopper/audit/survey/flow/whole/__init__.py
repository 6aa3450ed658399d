"""What is known of the whole program, by subject."""
