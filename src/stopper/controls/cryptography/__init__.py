"""Hashes, random values, ciphers, certificates and comparisons."""
