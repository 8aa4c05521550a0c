"""The workers. Layers, top down: tasks; train_worker, exports, helper; supervision; trainer; training, datasets."""
