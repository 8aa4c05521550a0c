"""What the helper and the supervisor run with Keras beside a training: predictions, previews and device timing."""
