"""Leads to HTTPS, and believes a proxy only where the settings say so."""
