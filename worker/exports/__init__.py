"""Makes exports of a run's best model (bundle, page, SavedModel, TFLite, ONNX) and proves each in a fresh process."""
