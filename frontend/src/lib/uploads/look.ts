/** Describes a look at an upload: its splits, roles, classes and what it takes on disk. */

import { bytes, count, plural, shortened } from '../text/format'
import type { ClassLook, Look } from '../api/types'

export const SPLITS = ['train', 'validation', 'test']

const ROLES: Record<string, string> = {
  train: 'Training',
  validation: 'Validation',
  test: 'Test',
  classes: 'Classes',
  labels: 'Labels',
  left_out: 'Left out',
  image: 'Image',
  class: 'Class',
  split: 'Split',
  slices: 'For slices',
  ignored: 'Ignored',
}

export const roleText = (role: string): string => ROLES[role] ?? role

export const imageCount = (look: Look): number => Object.values(look.splits).reduce((sum, images) => sum + images, 0)

/** "leaves.zip · 48.2 MB · 2,616 files". */
export const fileText = (file: string, look: Look): string => [file, bytes(look.bytes), plural(look.files, 'file')].filter(Boolean).join(' · ')

/** "originals 640 × 480 to 4,032 × 3,024", of the pictures that were looked at. */
export function originalsText({ originals }: Look): string {
  if (!originals) return ''
  const [least, most] = originals.map((size) => size.map(count).join(' × '))
  return least === most ? `originals ${least}` : `originals ${least} to ${most}`
}

/** "About 66 MB on disk", with the zip where it is kept. Size and color are those of the dataset. */
export function diskText(look: Look, size: string, color: string, isZipKept: boolean): string {
  const images = imageCount(look) * Number(size) ** 2 * (color === 'grayscale' ? 1 : 3)
  return `About ${bytes(images + (isZipKept ? look.bytes : 0))} on disk`
}

/** The share of a class's bar for a split, of the longest bar of all. */
export function barShare(look: Look, item: ClassLook, split: string): number {
  const longest = Math.max(1, ...look.classes.flatMap(({ counts }) => Object.values(counts)))
  return (item.counts[split] ?? 0) / longest
}

/** The splits that the upload has, in the order of training. */
export const splitsOf = (look: Look): string[] => Object.keys(look.splits).sort((one, other) => SPLITS.indexOf(one) - SPLITS.indexOf(other))

/** Below this number of images to validate or test with, one image more or less moves a class's accuracy by 10 points. */
export const FEW = 10

/** What the smallest class says of the figures to come; null where no class has few images to validate or test with. */
export function fewImages(look: Look): { head: string; text: string } | null {
  const split = look.splits.validation ? 'validation' : 'test'
  const classes = look.classes.filter(({ counts }) => counts[split])
  const least = Math.min(...classes.map(({ counts }) => counts[split]!))
  const smallest = classes.find(({ counts }) => counts[split] === least)
  if (!smallest || least >= FEW) return null
  const others = classes.filter(({ counts }) => counts[split]! < FEW).length - 1
  return {
    head: `${shortened(smallest.name)} has ${plural(least, 'image')} to ${split === 'test' ? 'test' : 'validate'} with${others ? `, and ${plural(others, 'other class', 'other classes')} fewer than ${FEW}` : ''}.`,
    text: `One more or less right moves its accuracy by ${Math.round(100 / least)} points. Macro F1 is shown beside accuracy.`,
  }
}
