"""Second factors: what is asked for beside a password."""
