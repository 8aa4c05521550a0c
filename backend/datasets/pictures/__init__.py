"""How pictures are decoded and scaled, and what is wrong with those that can't be."""
