/** Changes of a dataset's classes for its next version: names, classes that are merged into others or left out. */

import type { VersionRequest } from '../api/types'
import { shortened } from '../text/format'

/** What becomes of a class: it stays, its images go to the class at a position, or it is left out. */
export type Fate = 'keep' | 'leave_out' | number

export interface ClassRow {
  /** The name that is stored. */
  old: string
  name: string
  fate: Fate
}

export interface NewClass {
  name: string
  /** Images by split. */
  counts: Record<string, number>
}

export const unchanged = (classes: string[]): ClassRow[] => classes.map((old) => ({ old, name: old, fate: 'keep' }))

export const isChanged = ({ old, name, fate }: ClassRow): boolean => fate !== 'keep' || name.trim() !== old

export function requestOf(rows: ClassRow[]): VersionRequest {
  const merged = rows.flatMap(({ old, fate }) => (typeof fate === 'number' ? [[old, rows[fate]!.old]] : []))
  const renamed = rows.filter((row) => row.fate === 'keep' && isChanged(row)).map(({ old, name }) => [old, name.trim()])
  return {
    ...(merged.length ? { merge: Object.fromEntries(merged) } : {}),
    ...(renamed.length ? { rename: Object.fromEntries(renamed) } : {}),
    ...(rows.some(({ fate }) => fate === 'leave_out') ? { leave_out: rows.filter(({ fate }) => fate === 'leave_out').map(({ old }) => old) } : {}),
  }
}

/** Returns the classes that the version will have, in stored order. */
export function newClasses(rows: ClassRow[], counts: Record<string, number[]>): NewClass[] {
  const splits = Object.entries(counts).map(([split, images]) => [split, imagesByTarget(rows, images)] as const)
  return rows.flatMap((row, position) => {
    if (row.fate !== 'keep') return []
    return [{ name: row.name.trim(), counts: Object.fromEntries(splits.map(([split, images]) => [split, images[position]!])) }]
  })
}

/** Returns by class how many images it gets, those of merged classes included. */
function imagesByTarget(rows: ClassRow[], images: number[]): number[] {
  const sums: number[] = rows.map(() => 0)
  for (const [position, { fate }] of rows.entries()) {
    if (fate !== 'leave_out') sums[fate === 'keep' ? position : fate]! += images[position] ?? 0
  }
  return sums
}

/** Says what has to be changed before a version can be made; null if nothing. */
export function problemOf(rows: ClassRow[]): string | null {
  const kept = rows.filter(({ fate }) => fate === 'keep')
  const names = kept.map(({ name }) => name.trim())
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  const target = rows.find(({ fate }) => typeof fate === 'number' && rows[fate]!.fate !== 'keep')
  if (names.includes('')) return `Give ${shortened(kept[names.indexOf('')]!.old)} a name.`
  if (twice !== undefined) return `Two classes would be named ${shortened(twice)}. Merge them, or choose another name.`
  if (target) return `${shortened(target.old)} is merged into ${shortened(rows[target.fate as number]!.old)}, which does not stay. Choose a class that stays.`
  if (kept.length < 2) return 'At least two classes have to stay.'
  return rows.some(isChanged) ? null : 'Rename a class, merge it into another one, or leave it out.'
}
