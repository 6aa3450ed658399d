"""Lets named origins alone read answers."""
