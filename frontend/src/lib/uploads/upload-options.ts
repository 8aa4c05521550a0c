/** The options of an upload as they are in the page's address: `upload` and `file` say which zip, all others go to the server. */

import type { Part } from '../api/types'

export const SIZES = ['32', '64', '96', '160', '224']
const OF_THE_PAGE = ['upload', 'file']
/** They change nothing that a look says. */
const UNSEEN = ['name', 'image_size', 'keep_original']

/** Suggests a dataset name: "my-leaves-2" for "My leaves (2).zip". */
export function suggestedName(file: string): string {
  const stem = file.replace(/\.zip$/i, '').toLowerCase()
  return stem
    .replace(/[^\p{L}\p{N}_.]+/gu, '-')
    .replace(/^[-_.]+|[-.]+$/g, '')
    .slice(0, 64)
}

/** Suggests the largest size that enlarges no picture, at most 96: larger ones train long on a CPU. */
export function suggestedSize(originals: number[][] | null | undefined): string {
  const side = Math.min(...(originals?.flat() ?? []))
  const fitting = SIZES.filter((size) => Number(size) <= Math.min(side, 96))
  return fitting.at(-1) ?? SIZES[0]!
}

export function nameError(name: string, takenNames: string[]): string {
  if (name === '') return 'Enter a name'
  if (takenNames.includes(name)) return 'A dataset with this name exists. Choose another name'
  return ''
}

export function sizeError(size: string): string {
  return /^\d+$/.test(size) && Number(size) >= 8 && Number(size) <= 512 ? '' : 'Enter a whole number from 8 to 512'
}

/** The query of a look: of the address, what the look depends on. */
export const lookQuery = (params: URLSearchParams): string => without(params, [...OF_THE_PAGE, ...UNSEEN]).toString()

/** The query that makes the upload a dataset, or with `upload` null that of the request that sends the zip at once. */
export function addQuery(params: URLSearchParams, upload: string | null, name: string, size: string): string {
  const query = new URLSearchParams({ ...(upload ? { upload } : {}), name, image_size: size })
  for (const [option, value] of without(params, [...OF_THE_PAGE, 'name', 'image_size'])) query.append(option, value)
  return query.toString()
}

/** The address with another value of an option. */
export function withOption(params: URLSearchParams, option: string, value: string): string {
  const changed = new URLSearchParams(params)
  changed.set(option, value)
  return changed.toString()
}

/** Options that are repeated, one value like "species:class" for each folder or column. */
const REPEATED = ['folder', 'column']
/** Roles that one column has. */
const OF_ONE_COLUMN = ['image', 'class', 'split']

/** The address with another answer to a question. */
export function withAnswer(params: URLSearchParams, option: string, value: string): string {
  if (!REPEATED.includes(option)) return withOption(params, option, value)
  const [name, role] = parts(value)
  return withRole(params, option, name, role)
}

/** The answer that the address has; null for options of several values, whose answer the look says. */
export const answerOf = (params: URLSearchParams, option: string): string | null => (REPEATED.includes(option) ? null : params.get(option))

/** The address with another role of one folder or column. A role that one column has is taken from another that was given it. */
export function withRole(params: URLSearchParams, option: string, name: string, role: string): string {
  const changed = without(params, [option])
  for (const value of params.getAll(option)) {
    const [other, otherRole] = parts(value)
    const isTaken = option === 'column' && role === otherRole && OF_ONE_COLUMN.includes(role)
    if (other !== name && !isTaken) changed.append(option, value)
  }
  changed.append(option, `${name}:${role}`)
  return changed.toString()
}

/** The address with another role of a part: a folder's own role, or for a table whether and which one is read. */
export function withPartRole(params: URLSearchParams, part: Part, role: string): string {
  const isTable = part.role === 'labels' || part.roles?.includes('labels')
  if (!isTable) return withRole(params, 'folder', part.path.replace(/\/$/, ''), role)
  if (role !== 'labels') return withOption(params, 'labels_from', 'folders')
  return withOption(without(params, ['labels_from']), 'table', part.path)
}

/** "a:b:class" is the class of column "a:b". */
function parts(value: string): [name: string, role: string] {
  const colon = value.lastIndexOf(':')
  return [value.slice(0, colon), value.slice(colon + 1)]
}

function without(params: URLSearchParams, names: string[]): URLSearchParams {
  return new URLSearchParams([...params].filter(([name]) => !names.includes(name)))
}
