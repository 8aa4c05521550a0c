"""Backbones as plans of layers: one file for each, and what is put before and after all of them."""
