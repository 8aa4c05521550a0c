/** An upload as it is written in the form: what is wrong with it before a byte is sent, and its address. */

import { bytes } from './format'

export type Fit = 'crop' | 'pad' | 'stretch'
export type Color = 'rgb' | 'grayscale'

export interface Order {
  name: string
  image_size: string
  fit: Fit
  color: Color
  test_fraction: string
}

/** "My leaves (2).zip" is offered as "my-leaves-2". */
export function nameOf(file: string): string {
  const stem = file.replace(/\.zip$/i, '').toLowerCase()
  return stem
    .replace(/[^\p{L}\p{N}_.]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 64)
}

/** What is wrong, by field; the names that are taken are known before a large file is sent. */
export function wrongIn(order: Order, file: File | null, taken: string[]): Record<string, string> {
  const size = Number(order.image_size)
  const fraction = Number(order.test_fraction)
  const found: [string, string | false][] = [
    ['file', file === null && 'a zip is needed'],
    ['file', file !== null && file.size === 0 && `${file.name} is empty`],
    ['name', order.name.trim() === '' && 'needs a value'],
    ['name', taken.includes(order.name.trim()) && 'there is a dataset of this name already: choose another one'],
    ['image_size', !(Number.isInteger(size) && size >= 8 && size <= 512) && `8 to 512: you gave ${order.image_size}`],
    ['test_fraction', !(fraction >= 0.01 && fraction <= 0.9) && `0.01 to 0.9: you gave ${order.test_fraction}`],
  ]
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== false))
}

export function uploadPath(order: Order): string {
  return `/api/datasets?${new URLSearchParams({ ...order, name: order.name.trim() })}`
}

export const fileText = (file: File): string => `${file.name}, ${bytes(file.size)}`
