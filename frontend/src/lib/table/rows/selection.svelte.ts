/** The selected runs: some by id, or all that match the filters. */

import type { BulkTarget } from '../../api/runs-table'
import { compareGroupsHref, compareHref, MAX_RUNS } from '../../compare/address'

type Ids = Record<string, true>

export class Selection {
  ids = $state.raw<Ids>({})
  /** All that match, the rows that are not read yet included. */
  isEverything = $state(false)
  /** The run that was chosen last, where a range begins. */
  #last: string | null = null

  has(id: string): boolean {
    return this.isEverything || this.ids[id] === true
  }

  count(total: number): number {
    return this.isEverything ? total : Object.keys(this.ids).length
  }

  clear(): void {
    this.ids = {}
    this.isEverything = false
  }

  everything(): void {
    this.ids = {}
    this.isEverything = true
  }

  set(ids: string[]): void {
    this.ids = Object.fromEntries(ids.map((id) => [id, true]))
    this.isEverything = false
  }

  /** Selects all that match by their ids, which `read` returns. False if the selection was cleared meanwhile, as by other filters. */
  async spellOut(read: () => Promise<string[]>): Promise<boolean> {
    if (!this.isEverything) return true
    const ids = await read()
    if (!this.isEverything) return false
    this.set(ids)
    return true
  }

  /** Adds `ids`, or takes them away if all of them are selected. */
  toggle(ids: string[]): void {
    const isOff = ids.some((id) => !this.ids[id])
    this.#change(ids, isOff)
  }

  /** Selects a run or takes it away, and with a range all between it and the one before, which are in the order of `runs`. */
  choose(id: string, runs: string[] | null): void {
    const chosen = runs && this.#last !== null ? between(runs, this.#last, id) : [id]
    this.#change(chosen, !this.has(id))
    this.#last = id
  }

  #change(ids: string[], isOn: boolean): void {
    const changed = new Set(ids)
    const others = Object.keys(this.ids).filter((id) => !changed.has(id))
    this.set(isOn ? [...others, ...ids] : others)
  }

  /** What a bulk change is sent for. `filters` are those of the list. */
  target(filters: URLSearchParams): BulkTarget {
    if (!this.isEverything) return { ids: Object.keys(this.ids) }
    const names = [...new Set(filters.keys())]
    return { query: Object.fromEntries(names.map((name) => [name, SEVERAL.includes(name) ? filters.getAll(name) : filters.get(name)!])) }
  }
}

/** Returns the runs from one to the other, whichever comes first; the other alone where the one is no longer there. */
function between(runs: string[], from: string, to: string): string[] {
  const [first, last] = [runs.indexOf(from), runs.indexOf(to)]
  return first < 0 ? [to] : runs.slice(Math.min(first, last), Math.max(first, last) + 1)
}

/** Parameters that may be repeated. */
const SEVERAL = ['status', 'where']
/** Groups that the selected runs belong to: how many, and the fields that they are made by. */
export interface ChosenGroups {
  by: string[]
  count: number
}

/** The address of the comparison of what is selected; null where there is none. Runs of several groups are compared in these groups. */
export function comparisonHref(selection: Selection, total: number, filters: URLSearchParams, groups: ChosenGroups): string | null {
  const count = selection.count(total)
  if (count < 2) return null
  const by = groups.by.join(',')
  if (selection.isEverything) return `/compare?${filters.size ? filters : ALL}${by && `&${new URLSearchParams({ by })}`}`
  const ids = Object.keys(selection.ids)
  if (groups.count > 1 && count <= MAX_GROUPED) return compareGroupsHref(ids, groups.by)
  return count > MAX_RUNS ? null : compareHref(ids)
}

/** Ids that fit an address. */
const MAX_GROUPED = 500

/** A filter that all runs match: without one an address compares nothing. */
const ALL = 'where=id!%3Dnull'
