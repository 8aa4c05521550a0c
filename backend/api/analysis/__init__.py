"""Routes of one run that explain its results: figures, mistakes, single images, trust, evaluations, reports."""
