"""What a request may consist of."""
