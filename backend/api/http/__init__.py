"""What all routes share: guard, limits, problem documents, pages of lists, and the OpenAPI document."""
