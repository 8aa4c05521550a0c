"""What a run hands out: its files to download, exports of its best model, and predictions for uploaded images."""
