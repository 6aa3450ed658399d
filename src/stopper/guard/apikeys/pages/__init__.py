"""The pages on which users make keys, and where a program changes one into a token."""
