"""Before a run is queued: check, warnings, estimate, execution plan, initial weights, preview, the form's catalog."""
