"""Every change of a run's status after it was queued: claims and leases, stop, resume, end, and the housekeeping."""
