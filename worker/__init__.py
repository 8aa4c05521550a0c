"""The Celery workers. Layers, top down: tasks; train_worker, supervision, helper, exports; trainer; training, datasets."""
