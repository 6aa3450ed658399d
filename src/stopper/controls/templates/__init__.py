"""Values in templates: the reader of templates, and what is right in them."""
