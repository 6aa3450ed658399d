"""Mail of accounts: written from templates, and sent by a thread of its own."""
