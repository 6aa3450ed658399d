"""Cookies that know who someone is, and what they may hold."""
