"""Tests of labels: suspects, decisions, versions."""
