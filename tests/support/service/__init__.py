"""The service as a user or a browser meets it: the whole program, requests, answers and streams."""
