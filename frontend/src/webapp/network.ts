/** Runs the model with ONNX Runtime in one thread: several need headers that a plain file server does not send. */

import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm'
import { unpacked, type Model } from './model'
import type { Pixels } from './decoding/pixels'
import { scaled } from './decoding/scaling'

export class Network {
  private last: Promise<unknown> = Promise.resolve()

  private constructor(
    private readonly session: InferenceSession,
    private readonly model: Model,
  ) {}

  static async load(model: Model, runtime: string): Promise<Network> {
    env.wasm.numThreads = 1
    env.wasm.wasmBinary = await unpacked(runtime)
    return new Network(await InferenceSession.create(await unpacked(model.onnx)), model)
  }

  /** Returns the probability of each class for a square image of the network's size; one image after the other. */
  predict(image: Pixels): Promise<Float32Array> {
    const answer = this.last.then(() => this.run(image))
    this.last = answer.catch(() => undefined)
    return answer
  }

  private async run(image: Pixels): Promise<Float32Array> {
    const { image_shape: shape, scaling, statistics } = this.model.preprocessing
    const input = new Tensor('float32', scaled(image, scaling, statistics), [1, ...shape])
    const outputs = await this.session.run({ [this.session.inputNames[0]!]: input })
    return outputs[this.session.outputNames[0]!]!.data as Float32Array
  }
}
