"""The HTTP routes, one module for each noun of the contract, and what they share: dependencies, guard, error documents."""
