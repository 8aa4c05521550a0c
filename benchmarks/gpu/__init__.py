"""The checks of `scripts/gpu-check` for a machine with an NVIDIA GPU; each yields figures or fails with a sentence."""
