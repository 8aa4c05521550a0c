"""Which entry of a zip is an image of which class and split."""
