"""What `epochboard up` does: it checks the machine, then runs API, Valkey and workers as child processes."""
