"""Weights of backbones: found, proved by their hash, read without the program that wrote them."""
