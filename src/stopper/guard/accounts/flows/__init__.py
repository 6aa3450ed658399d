"""What the pages of accounts do, without the pages."""
