/** The review of a dataset's labels: suspects page by page, and the decisions of everybody who reviews them now. */

import { SvelteMap } from 'svelte/reactivity'
import { decideLabels, findLabelDecisions, findSuspects } from '../api/labels'
import { errorMessage, Problem } from '../api/problem'
import type { LabelDecision, LabelDecisionRequest, StoredSplit, Suspect, Suspects } from '../api/types'
import { nextUndecided, placeKey, tally, type Choice, type Place } from './review-text'

const PAGE = 48
/** What another person decides is seen after this time. */
const POLL_MS = 5_000

export class LabelReview {
  suspects = $state.raw<Suspect[]>([])
  answer = $state.raw<Suspects | null>(null)
  place = $state(0)
  decisions = new SvelteMap<string, LabelDecision>()
  failure = $state('')
  /** Why the last decision was not stored. */
  conflict = $state('')
  isSaving = $state(false)
  #mine = $state.raw<Place[]>([])
  #timer: ReturnType<typeof setInterval>
  #latest = 0

  current: Suspect | undefined = $derived.by(() => this.suspects[this.place])
  tally = $derived.by(() => tally(this.decisions.values()))
  /** The image that Undo takes back. */
  last: LabelDecision | undefined = $derived.by(() => {
    const place = this.#mine.at(-1)
    return place && this.decisions.get(placeKey(place))
  })

  constructor(readonly name: string) {
    this.#timer = setInterval(() => void this.readDecisions(), POLL_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async read(runs: string, split: 'validation' | 'train'): Promise<void> {
    const request = ++this.#latest
    try {
      const [answer] = await Promise.all([findSuspects(this.name, { runs, split, limit: PAGE }), this.readDecisions()])
      if (request !== this.#latest) return
      ;[this.answer, this.suspects, this.failure] = [answer, answer.items, '']
      this.place = Math.max(0, nextUndecided(answer.items.map(placeKey), -1, (key) => this.decisions.has(key)))
    } catch (error) {
      if (request === this.#latest) this.failure = errorMessage(error)
    }
  }

  async readMore(runs: string, split: 'validation' | 'train'): Promise<void> {
    const cursor = this.answer?.next_cursor
    if (!cursor) return
    const answer = await findSuspects(this.name, { runs, split, limit: PAGE, cursor })
    if (this.answer?.next_cursor !== cursor) return
    const known = this.answer
    this.answer = { ...answer, usual: { ...known.usual, ...answer.usual }, typical: { ...known.typical, ...answer.typical } }
    this.suspects = [...this.suspects, ...answer.items]
  }

  async readDecisions(): Promise<void> {
    if (this.isSaving || document.hidden) return
    try {
      this.#take(await findLabelDecisions(this.name))
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }

  #take(decisions: LabelDecision[]): void {
    const keys = new Set(decisions.map(placeKey))
    for (const key of this.decisions.keys()) if (!keys.has(key)) this.decisions.delete(key)
    for (const decision of decisions) this.decisions.set(placeKey(decision), decision)
  }

  /** Stores the same or several decisions at once; returns whether they were stored. */
  async decide(places: Place[], choices: Choice[], by: string): Promise<boolean> {
    if (this.isSaving) return false
    this.isSaving = true
    try {
      this.#keep(places, await decideLabels(this.name, this.#requests(places, choices), by || null))
      this.conflict = ''
      return true
    } catch (error) {
      this.conflict = errorMessage(error)
      if (error instanceof Problem && error.status === 409) this.#take(await findLabelDecisions(this.name))
      return false
    } finally {
      this.isSaving = false
    }
  }

  /** The revisions let the server refuse what another person has decided since. */
  #requests(places: Place[], choices: Choice[]): LabelDecisionRequest[] {
    return places.map(({ split, index }, at) => ({
      split: split as StoredSplit,
      index,
      do: choices[at]!.do,
      class: choices[at]!.class,
      revision: this.decisions.get(placeKey({ split, index }))?.revision ?? null,
    }))
  }

  #keep(places: Place[], stored: LabelDecision[]): void {
    const keys = new Set(places.map(placeKey))
    for (const key of keys) this.decisions.delete(key)
    for (const decision of stored) this.decisions.set(placeKey(decision), decision)
    this.#mine = [...this.#mine.filter((mine) => !keys.has(placeKey(mine))), ...stored]
  }

  /** Decides about the suspect that is shown, and goes on to the next one. */
  async decideCurrent(choice: Choice, by: string): Promise<void> {
    const suspect = this.current
    if (suspect && (await this.decide([suspect], [choice], by))) this.move(1, true)
  }

  async undo(by: string): Promise<void> {
    const place = this.#mine.at(-1)
    if (!place || !(await this.decide([place], [{ do: 'undecided', class: null }], by))) return
    this.#mine = this.#mine.slice(0, -1)
    const position = this.suspects.findIndex((suspect) => placeKey(suspect) === placeKey(place))
    if (position !== -1) this.place = position
  }

  move(step: number, toUndecided = false): void {
    const keys = this.suspects.map(placeKey)
    const next = toUndecided ? nextUndecided(keys, this.place, (key) => this.decisions.has(key)) : this.place + step
    this.place = Math.min(Math.max(0, next), Math.max(0, keys.length - 1))
  }
}
