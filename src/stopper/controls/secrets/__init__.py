"""Keys, passwords and tokens: where they may stand and where never."""
