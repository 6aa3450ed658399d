"""Requests that another site makes in a user's name."""
