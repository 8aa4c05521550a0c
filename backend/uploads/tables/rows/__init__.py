"""Files as rows of values: encoding, separators and JSON."""
