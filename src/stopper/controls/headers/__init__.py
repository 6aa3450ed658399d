"""Response headers, which tell the browser what a page may do."""
