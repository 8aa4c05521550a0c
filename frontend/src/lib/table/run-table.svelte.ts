/** The rows of a view: runs, or groups that open to their runs. Read in pages, moved on by events. */

import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import { findGroups, findRows, type Page } from '../api/runs-table'
import { errorMessage } from '../api/problem'
import type { RunGroup } from '../api/types'
import type { RunEvent } from '../live/run-state'
import { conditionText, conditionValue } from './view/conditions'
import { sortedGroups } from './groups'
import { Pages } from './rows/pages.svelte'
import { sparkScale, type Scale } from './rows/row'
import { CURVE, rowParams } from './view/default-view'
import { type RowRecord, RowRecords } from './rows/row-record.svelte'
import { filterParams, type View } from './view/view'

export type Item =
  | { kind: 'run'; key: string; record: RowRecord; isNested: boolean }
  | { kind: 'group'; key: string; group: RunGroup; isOpen: boolean }
  /** Stands for the runs of an open group that are not read yet. */
  | { kind: 'rest'; key: string; runs: Pages<RowRecord> }

/** The newest rows set the scale of the sparklines. */
const SCALED_ROWS = 1_000

export class RunTable {
  failure = $state('')
  /** All runs of the view, also when they are shown in groups. Null until the first page is here. */
  runs = $state.raw<Pages<RowRecord> | null>(null)
  groups = $state.raw<Pages<RunGroup> | null>(null)
  scale = $state.raw<Scale>({ metric: 'val_loss', low: 0, high: 1 })
  /** The runs of groups that were opened or selected, by the group's key. */
  readonly #runsOf = new SvelteMap<string, Pages<RowRecord>>()
  readonly #open = new SvelteSet<string>()
  readonly items: Item[] = $derived(
    this.groups ? this.#sortedGroups(this.groups).flatMap((group) => this.#groupItems(group)) : runItems(this.runs?.items ?? [], false),
  )
  /** The view that `runs` and `groups` answer; the one that is requested next may be another. */
  answered = $state.raw<View | null>(null)
  readonly #records = new RowRecords()
  #view: View | null = null
  #refreshing: Promise<void> | null = null

  /** Shows another view. The rows of the view before stay until the new ones are here; a late answer is ignored. */
  async show(view: View): Promise<void> {
    this.#view = view
    const runs = new Pages(runParams(view), this.#find)
    const groups = view.groups.length ? new Pages(groupParams(view), findGroups) : null
    await this.#report(async () => {
      await Promise.all([runs.more(), groups?.more()])
      if (this.#view !== view) return
      this.#runsOf.clear()
      this.#open.clear()
      this.runs = runs
      this.groups = groups
      this.answered = view
      this.#rescale()
    })
  }

  /** Reads the rows again of which `count` are or were visible; calls during a reading become one more. */
  async refresh(count: number): Promise<void> {
    const before = this.#refreshing
    if (before) return before.then(() => (this.#refreshing ? undefined : this.refresh(count)))
    this.#refreshing = this.#report(async () => {
      const inGroups = [...this.#runsOf.values()].map((runs) => runs.refresh(runs.items.length))
      await Promise.all([this.runs?.refresh(this.groups ? 0 : count), this.groups?.refresh(count), ...inGroups])
      this.#rescale()
    })
    await this.#refreshing
    this.#refreshing = null
  }

  /** Reads the next page of what is listed. */
  more(): Promise<void> {
    return this.#report(async () => {
      await (this.groups ?? this.runs)?.more()
      this.#rescale()
    })
  }

  /** Reads the next runs of an open group. */
  moreOf(runs: Pages<RowRecord>): Promise<void> {
    return this.#report(() => runs.more())
  }

  /** Opens or closes a group. Its runs are read as they come into sight. */
  toggle(group: RunGroup): void {
    const key = groupKey(group)
    this.runsOf(group)
    if (!this.#open.delete(key)) this.#open.add(key)
  }

  runsOf(group: RunGroup): Pages<RowRecord> {
    const key = groupKey(group)
    const known = this.#runsOf.get(key)
    if (known) return known
    const params = runParams(this.#view!)
    for (const condition of groupConditions(group)) params.append('where', condition)
    const runs = new Pages(params, this.#find)
    this.#runsOf.set(key, runs)
    return runs
  }

  /** The runs of a group that are read. */
  readOf(group: RunGroup): RowRecord[] {
    return this.#runsOf.get(groupKey(group))?.items ?? []
  }

  /** The number of groups that have one of the runs with these ids. */
  groupsOf(ids: string[]): number {
    return (this.groups?.items ?? []).filter((group) => this.readOf(group).some((record) => ids.includes(record.id))).length
  }

  handle(event: RunEvent, now: number): void {
    this.#records.handle(event, now)
  }

  get(id: string): RowRecord | undefined {
    return this.#records.get(id)
  }

  /** The server lists groups by their values; those that are all here are put in the order of the view. */
  #sortedGroups(groups: Pages<RunGroup>): RunGroup[] {
    return groups.isComplete && this.#view ? sortedGroups(groups.items, this.#view.sort) : groups.items
  }

  #groupItems(group: RunGroup): Item[] {
    const key = groupKey(group)
    const isOpen = this.#open.has(key)
    const runs = isOpen ? this.#runsOf.get(key) : undefined
    const rest: Item[] = runs && !runs.isComplete ? [{ kind: 'rest', key: `${key} rest`, runs }] : []
    return [{ kind: 'group', key, group, isOpen }, ...runItems(runs?.items ?? [], true), ...rest]
  }

  #find = async (params: URLSearchParams): Promise<Page<RowRecord>> => {
    const page = await findRows(params)
    return { ...page, items: page.items.map((row) => this.#records.put(row)) }
  }

  /** Rows further down have no part in it, since each change of the scale draws all sparklines again. */
  #rescale(): void {
    this.scale = sparkScale((this.runs?.items ?? []).slice(0, SCALED_ROWS).map((record) => record.row))
  }

  async #report(read: () => Promise<void>): Promise<void> {
    try {
      await read()
      this.failure = ''
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }
}

const runItems = (records: RowRecord[], isNested: boolean): Item[] =>
  records.map((record) => ({ kind: 'run', key: record.id, record, isNested }))

const groupKey = (group: RunGroup): string => `group ${groupConditions(group).join(' ')}`

const groupConditions = (group: RunGroup): string[] =>
  Object.entries(group.values).map(([path, value]) =>
    conditionText({ path, operator: '=', value: conditionValue(value) }),
  )

const runParams = (view: View): URLSearchParams =>
  new URLSearchParams([...filterParams(view), ...rowParams(view.sort, view.columns.map(({ path }) => path))])

function groupParams(view: View): URLSearchParams {
  const params = filterParams(view)
  params.set('by', view.groups.join(','))
  params.set('columns', fieldPaths(view).join(','))
  return params
}

const fieldPaths = (view: View): string[] => view.columns.map(({ path }) => path).filter((path) => path !== CURVE)
