"""The pages of accounts, each as HTML for people and as JSON for programs."""
