"""What a run gets wrong: its most confused pairs, one class, and slices of images that it knows less well."""
