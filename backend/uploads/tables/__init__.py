"""Tables in a zip that name the classes of its images."""
