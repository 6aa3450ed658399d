"""The pages of second factors, each as HTML for people and as JSON for programs."""
