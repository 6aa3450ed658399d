"""Reads the body of one function."""
