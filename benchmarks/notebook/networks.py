"""The tutorial's networks in plain Keras, as a notebook writes them, compiled, and their callbacks."""

from collections.abc import Callable
from typing import Any

import keras
from keras import layers

Network = Callable[[tuple[int, int, int]], Any]


def fashion_strided(shape: tuple[int, int, int]) -> Any:
    return _compiled(
        keras.Sequential(
            [
                keras.Input(shape),
                layers.Conv2D(32, (3, 3), strides=2, activation="relu"),
                layers.Conv2D(64, (3, 3), strides=2, activation="relu"),
                layers.Conv2D(128, (3, 3), strides=2, activation="relu"),
                layers.Flatten(),
                layers.Dense(512, activation="relu"),
                layers.Dense(10, activation="softmax"),
            ]
        )
    )


def fashion_regularized(shape: tuple[int, int, int]) -> Any:
    l2 = keras.regularizers.L2(0.001)
    model = keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(32, (3, 3), activation="relu", kernel_regularizer=l2),
            layers.BatchNormalization(),
            layers.Conv2D(64, (3, 3), activation="relu", kernel_regularizer=l2),
            layers.BatchNormalization(),
            layers.MaxPooling2D((2, 2)),
            layers.Dropout(0.2),
            layers.Flatten(),
            layers.Dense(128, activation="relu", kernel_regularizer=l2),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.SGD(learning_rate=0.001, momentum=0.9)
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def cifar_strided(shape: tuple[int, int, int]) -> Any:
    return _compiled(
        keras.Sequential(
            [
                keras.Input(shape),
                layers.Conv2D(32, (3, 3), strides=2, activation="relu"),
                layers.Conv2D(64, (3, 3), strides=2, activation="relu"),
                layers.Conv2D(128, (3, 3), strides=2, activation="relu"),
                *_head(),
            ]
        )
    )


def cifar_vgg(shape: tuple[int, int, int]) -> Any:
    return _compiled(
        keras.Sequential(
            [
                keras.Input(shape),
                layers.Conv2D(32, (3, 3), padding="same", activation="relu"),
                layers.Conv2D(32, (3, 3), padding="same", activation="relu"),
                layers.MaxPooling2D((2, 2)),
                layers.Conv2D(64, (3, 3), padding="same", activation="relu"),
                layers.Conv2D(64, (3, 3), padding="same", activation="relu"),
                layers.MaxPooling2D((2, 2)),
                layers.Conv2D(128, (3, 3), padding="same", activation="relu"),
                layers.Conv2D(128, (3, 3), activation="relu"),
                layers.MaxPooling2D((2, 2)),
                *_head(),
            ]
        )
    )


def cifar_batchnorm(shape: tuple[int, int, int]) -> Any:
    return _compiled(
        keras.Sequential(
            [
                keras.Input(shape),
                layers.Conv2D(32, (3, 3), padding="same", activation="relu"),
                layers.BatchNormalization(),
                layers.Conv2D(32, (3, 3), padding="same", activation="relu"),
                layers.BatchNormalization(),
                layers.MaxPooling2D((2, 2)),
                layers.Conv2D(128, (3, 3), padding="same", activation="relu"),
                layers.BatchNormalization(),
                layers.Conv2D(128, (3, 3), activation="relu"),
                layers.BatchNormalization(),
                layers.MaxPooling2D((2, 2)),
                *_head(),
            ]
        )
    )


NETWORKS: dict[str, Network] = {
    "fashion-strided": fashion_strided,
    "fashion-regularized": fashion_regularized,
    "cifar-strided": cifar_strided,
    "cifar-vgg": cifar_vgg,
    "cifar-batchnorm": cifar_batchnorm,
    "cifar-augmented": cifar_batchnorm,
}


def callbacks(recipe: str) -> list[Any]:
    if recipe != "fashion-regularized":
        return []
    return [
        keras.callbacks.EarlyStopping("val_accuracy", patience=5, restore_best_weights=True),
        keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.2, patience=3, min_delta=0.001),
    ]


def _head() -> list[Any]:
    return [
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(1024, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(10, activation="softmax"),
    ]


def _compiled(model: Any) -> Any:
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
