"""Hashes passwords, verifies them in every old form, and judges new ones."""
