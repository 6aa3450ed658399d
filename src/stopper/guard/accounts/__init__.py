"""Accounts: who has one, how one gets in, and what one may do with it."""
