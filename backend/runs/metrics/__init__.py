"""The metrics of runs by epoch: packed in blocks as they are saved, read as columns, and downsampled for charts."""
