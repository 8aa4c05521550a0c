"""What a run will take: images, epochs, features, saving, and the precision that `auto` becomes."""
