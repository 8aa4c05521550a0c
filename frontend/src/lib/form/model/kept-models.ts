/** The models of the kinds of network that were chosen before, so that choosing one again restores what was edited. */

import type { Json } from '../../api/types'

export class KeptModels {
  #models: Record<string, Json> = {}
  /** What forms of JSON began with. It is stored with a draft: without it, their text counts as typed. */
  readonly initial: Record<string, Json>

  constructor(initial: Record<string, Json> = {}) {
    this.initial = { ...initial }
  }

  /** Returns whether the model is kept. JSON that is as its form began is not: the form begins anew, with the network of that time. */
  keep(form: string, model: Json, text: string | undefined): boolean {
    const initial = this.initial[form]
    const isTyped = initial === undefined || (text !== undefined && text !== JSON.stringify(initial, null, 2))
    if (isTyped) this.#models[form] = model
    else this.forget(form)
    return isTyped
  }

  get(form: string): Json | undefined {
    return this.#models[form]
  }

  forget(form: string): void {
    delete this.#models[form]
  }

  /** Returns the model of a form of JSON that is shown for the first time. */
  begin(form: string, initial: Json): Json {
    this.initial[form] = initial
    return { [form]: initial }
  }
}
