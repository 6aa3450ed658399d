"""Which other sites may read the answers of this one."""
