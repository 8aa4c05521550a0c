/** The options of an upload: their errors before anything is sent, and the address of the request. */

import { bytes } from '../text/format'

export type Fit = 'crop' | 'pad' | 'stretch'
export type Color = 'rgb' | 'grayscale'

export interface UploadOptions {
  name: string
  image_size: string
  fit: Fit
  color: Color
  test_fraction: string
}

/** Suggests a dataset name: "my-leaves-2" for "My leaves (2).zip". */
export function suggestedName(file: string): string {
  const stem = file.replace(/\.zip$/i, '').toLowerCase()
  return stem
    .replace(/[^\p{L}\p{N}_.]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 64)
}

/** Returns the errors by field. A taken name is found before a large file is sent. */
export function uploadErrors(options: UploadOptions, file: File | null, takenNames: string[]): Record<string, string> {
  const size = Number(options.image_size)
  const fraction = Number(options.test_fraction)
  const errors: [string, string | false][] = [
    ['file', file === null && 'Choose a zip file'],
    ['file', file !== null && file.size === 0 && `${file.name} is empty`],
    ['name', options.name.trim() === '' && 'Enter a name'],
    ['name', takenNames.includes(options.name.trim()) && 'A dataset with this name exists. Choose another name'],
    ['image_size', !(Number.isInteger(size) && size >= 8 && size <= 512) && 'Enter a whole number from 8 to 512'],
    ['test_fraction', !(fraction >= 0.01 && fraction <= 0.9) && 'Enter a number from 0.01 to 0.9'],
  ]
  return Object.fromEntries(errors.filter((entry): entry is [string, string] => entry[1] !== false))
}

export function uploadPath(options: UploadOptions): string {
  return `/api/datasets?${new URLSearchParams({ ...options, name: options.name.trim() })}`
}

export const fileText = (file: File): string => `${file.name}, ${bytes(file.size)}`
