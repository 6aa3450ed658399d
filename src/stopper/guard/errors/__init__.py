"""Answers errors with a page that tells the visitor nothing but an incident id."""
