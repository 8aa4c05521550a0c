"""The notebook's own code, as a process: float arrays, plain `fit` with the validation inside, no callbacks.

Prints one JSON line: `seconds` from the start of `fit` to its end, and the best `val_accuracy`.
"""

import argparse
import json
import time

import keras


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=15)
    epochs = parser.parse_args().epochs

    (x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
    x_train = x_train.reshape(-1, 28, 28, 1) / 255.0
    x_test = x_test.reshape(-1, 28, 28, 1) / 255.0

    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(32, (3, 3), strides=2, activation="relu"),
            keras.layers.Conv2D(64, (3, 3), strides=2, activation="relu"),
            keras.layers.Conv2D(128, (3, 3), strides=2, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(512, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

    started = time.perf_counter()
    fitted = model.fit(x_train, y_train, validation_data=(x_test, y_test), batch_size=32, epochs=epochs, verbose=2)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": round(seconds, 2), "val_accuracy": max(fitted.history["val_accuracy"])}))


if __name__ == "__main__":
    main()
