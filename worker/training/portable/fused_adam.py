"""Adam's update of a variable in one operation."""

import keras
import tensorflow as tf


def fuse_adam(optimizer: keras.optimizers.Adam, variables: list[keras.Variable]) -> None:
    """Builds Adam, or AdamW, and lets it update a variable in one pass over memory; Keras' own step takes twelve.

    The formula is the same, without AMSGrad. The optimizer stays one of Keras' own class, so that a saved model needs
    no other, and clips gradients and decays weights as before.
    """
    optimizer.build(variables)
    moments = optimizer.variables[2:]  # after the number of steps and the learning rate: two for each variable
    moments_of = {
        variable.value.ref(): (first.value.handle, second.value.handle)
        for variable, first, second in zip(variables, moments[::2], moments[1::2], strict=True)
    }

    def update_step(gradient: tf.Tensor, variable: tf.Variable, learning_rate: tf.Tensor) -> None:
        first, second = moments_of[variable.ref()]
        step = tf.cast(optimizer.iterations + 1, variable.dtype)
        beta_1, beta_2 = tf.constant(optimizer.beta_1, variable.dtype), tf.constant(optimizer.beta_2, variable.dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=first,
            v=second,
            beta1_power=tf.pow(beta_1, step),
            beta2_power=tf.pow(beta_2, step),
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=beta_1,
            beta2=beta_2,
            epsilon=optimizer.epsilon,
            grad=tf.cast(gradient, variable.dtype),
        )

    optimizer.update_step = update_step
