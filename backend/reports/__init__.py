"""A run as documents: a report in one HTML file, and a model card in Markdown."""
