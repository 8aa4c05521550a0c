"""Tests that kill, freeze or cut parts of the program, or send it bad input."""
