"""The helper: a warm Keras process on the CPU that answers short requests (augmentation preview, predict)."""
