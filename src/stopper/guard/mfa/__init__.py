"""Second factors: one-time codes, passkeys, recovery codes, and showing again who one is."""
