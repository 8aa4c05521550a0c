/** How long each recipe takes on the dataset that the cards train on. Answers about another dataset are ignored, those that come late too. */

import { recipeDurations } from './recipes'
import type { Recipe } from '../../api/types'

export class RecipeDurations {
  #texts = $state.raw<Record<string, string>>({})
  #dataset: string | null = $state(null)
  #latest = 0

  /** Returns "about 31 s"; empty while it is not known. `dataset` is null where each recipe trains on its own. */
  of(recipe: string, dataset: string | null): string {
    return dataset === this.#dataset ? (this.#texts[recipe] ?? '') : ''
  }

  async read(recipes: Recipe[], dataset: string | null): Promise<void> {
    const request = ++this.#latest
    const texts = await recipeDurations(recipes)
    if (request === this.#latest) [this.#texts, this.#dataset] = [texts, dataset]
  }
}
