"""Accounts: what is promised, and what can be set."""
