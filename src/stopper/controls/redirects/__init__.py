"""Links that lead to strangers, and requests that the server makes for them."""
