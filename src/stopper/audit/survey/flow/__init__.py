"""Follows a value from where a stranger gives it to where it does harm."""
