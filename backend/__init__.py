"""The service. Layers, top down: api; lifecycle, planning, artifacts, live; runs, datasets; messaging; spec, db."""
