"""What could silence the audit, or the guards, without anyone noticing."""
