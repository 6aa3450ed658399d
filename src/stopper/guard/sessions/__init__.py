"""Keeps sessions on the server, under an id that is worth little once it is old."""
