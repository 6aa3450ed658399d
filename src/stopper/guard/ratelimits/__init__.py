"""Counts tries, and refuses those that are too many."""
