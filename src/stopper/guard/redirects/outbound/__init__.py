"""Requests of the server's own, which reach nothing inside for a stranger."""
