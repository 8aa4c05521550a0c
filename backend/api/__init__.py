"""The HTTP routes, one module per noun of the contract, and their dependencies."""
