"""Analyses of predictions: confusion matrix, report, samples and figures, from arrays alone (no HTTP, no database)."""
