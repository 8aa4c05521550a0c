"""Studies: several runs made from one request, the values they search, and what they show together."""
