"""How a report is written: as text, as JSON, as SARIF."""
