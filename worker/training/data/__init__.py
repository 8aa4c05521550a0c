"""What a training reads from a dataset: splits, scaling, class weights, augmentation and the batches of an epoch."""
