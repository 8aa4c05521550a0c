"""Before a run is queued: check, warnings, estimate, execution plan, initial weights, preview and the form's catalog."""
