/** The selected runs: some by id, or all that match the filters except some. */

import type { BulkTarget } from '../../api/runs-table'
import { compareGroupsHref, compareHref, MAX_RUNS } from '../../compare/address'

type Ids = Record<string, true>

export class Selection {
  /** The selected runs, or those that are left out of all that match. */
  ids = $state.raw<Ids>({})
  /** All that match, the rows that are not read yet included, except those of `ids`. */
  isEverything = $state(false)
  /** The run that was chosen last, where a range begins. */
  #last: string | null = null
  /** Rises when what is selected is replaced, so that what was pressed before no longer adds to it. */
  #replaced = 0

  has(id: string): boolean {
    return this.isEverything !== (this.ids[id] === true)
  }

  /** Whether all that match are selected, without an exception. */
  get isAll(): boolean {
    return this.isEverything && Object.keys(this.ids).length === 0
  }

  count(total: number): number {
    const listed = Object.keys(this.ids).length
    return this.isEverything ? total - listed : listed
  }

  clear(): void {
    this.#replace({}, false)
  }

  everything(): void {
    this.#replace({}, true)
  }

  set(ids: string[]): void {
    this.#replace(idsOf(ids), false)
  }

  #replace(ids: Ids, isEverything: boolean): void {
    this.ids = ids
    this.isEverything = isEverything
    this.#replaced += 1
  }

  /** Adds `ids`, or takes them away if all of them are selected. */
  toggle(ids: string[]): void {
    const isOff = ids.some((id) => !this.has(id))
    this.#change(ids, isOff)
  }

  /** As `toggle` once the ids are read, unless something else is selected by then, as after other filters. */
  async toggleRead(reading: Promise<string[]>): Promise<void> {
    const before = this.#replaced
    const ids = await reading
    if (before === this.#replaced) this.toggle(ids)
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
    this.ids = idsOf(isOn === this.isEverything ? others : [...others, ...ids])
  }

  /** What a bulk change is sent for. `filters` are those of the list, and `expected` is how many runs it has to change. */
  target(filters: URLSearchParams, expected?: number): BulkTarget {
    const ids = Object.keys(this.ids)
    if (!this.isEverything) return { ids }
    const names = [...new Set(filters.keys())]
    const query = Object.fromEntries(names.map((name) => [name, SEVERAL.includes(name) ? filters.getAll(name) : filters.get(name)!]))
    return { query, without: ids, ...(expected === undefined ? {} : { expected }) }
  }

  /** Filters of an address that finds all that match except those that are left out; null if those are too many for it. */
  addressed(filters: URLSearchParams): URLSearchParams | null {
    const conditions = [...filters.getAll('where').map((condition) => ['where', condition]), ...Object.keys(this.ids).map((id) => ['where', `id!=${id}`])]
    const others = [...filters].filter(([name]) => name !== 'where')
    return conditions.length > MAX_CONDITIONS ? null : new URLSearchParams([...others, ...conditions])
  }
}

const idsOf = (ids: string[]): Ids => Object.fromEntries(ids.map((id) => [id, true]))

/** Returns the runs from one to the other, whichever comes first; the other alone where the one is no longer there. */
function between(runs: string[], from: string, to: string): string[] {
  const [first, last] = [runs.indexOf(from), runs.indexOf(to)]
  return first < 0 ? [to] : runs.slice(Math.min(first, last), Math.max(first, last) + 1)
}

/** Parameters that may be repeated. */
const SEVERAL = ['status', 'where']
/** Conditions of one address, as the service allows. */
const MAX_CONDITIONS = 50

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
  if (selection.isEverything) {
    const found = selection.addressed(filters)
    return found && `/compare?${found.size ? found : ALL}${by && `&${new URLSearchParams({ by })}`}`
  }
  const ids = Object.keys(selection.ids)
  if (groups.count > 1 && count <= MAX_GROUPED) return compareGroupsHref(ids, groups.by)
  return count > MAX_RUNS ? null : compareHref(ids)
}

/** Ids that fit an address. */
const MAX_GROUPED = 500

/** A filter that all runs match: without one an address compares nothing. */
const ALL = 'where=id!%3Dnull'
