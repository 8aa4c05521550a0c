"""The HTTP routes, one module per noun of the contract, with their dependencies, guard and error documents."""
