"""The metrics of an epoch, in the order in which they are listed."""

METRICS = (
    *("loss", "accuracy", "val_loss", "val_accuracy", "val_macro_f1", "learning_rate", "penalty", "seconds"),
    *("train_eval_loss", "train_eval_accuracy"),
)
