/** What the draft of a new run starts from, and the name of its run where that is a copy. */

import type { Recipe, Run } from '../api/types'

/** A recipe, or a run in its form. */
export type DraftSource = Pick<Recipe, 'name' | 'title' | 'spec'>

/** Returns a run in the form of a recipe, so that a draft can start from it. */
export const asRecipe = ({ name, spec }: Pick<Run, 'name' | 'spec'>): DraftSource => ({ name, title: name, spec })

/** Returns the name of a copy: "digits 2" for "digits", "digits 3" for "digits 2". */
export function nextName(name: string): string {
  const numbered = /^(.*) (\d{1,6})$/s.exec(name)
  return (numbered ? `${numbered[1]} ${Number(numbered[2]) + 1}` : `${name} 2`).slice(0, 120)
}
