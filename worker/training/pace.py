"""How a network is run: see `backend.pace`, which the service shares, since `train.py` says it too."""

from backend.pace import Pace, choose

__all__ = ["Pace", "choose"]
