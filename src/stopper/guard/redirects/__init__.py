"""Keeps redirects on our own site."""
