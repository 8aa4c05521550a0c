/** Collects the pictures from files that the user dropped, pasted or chose, including those inside zips. */

import { bytes, count } from '../text/format'
import { readZip } from './zip'

/** `name` includes the folders of the file. `open` throws an Error with a sentence when the file can't be read. */
export interface Picture {
  name: string
  size: number
  open: () => Promise<Blob>
}

/** `skipped`: names of files that are no images, and of unreadable zips with the reason. */
export interface CollectedPictures {
  pictures: Picture[]
  skipped: string[]
}

/** The server's limit for one picture. */
const MAX_PICTURE_BYTES = 20_000_000

const IMAGE_EXTENSION = /\.(jpe?g|jpe|png|gif|bmp|webp|tiff?|ppm|pgm|pbm)$/i
const SYSTEM_FILE = /(^|\/)(\.[^/]*|__MACOSX|thumbs\.db|desktop\.ini)(\/|$)/i

const isZip = (name: string, type = ''): boolean => /\.zip$/i.test(name) || type === 'application/zip' || type === 'application/x-zip-compressed'

/** True for files that operating systems leave in folders. They are ignored without a message. */
export const isSystemFile = (name: string): boolean => SYSTEM_FILE.test(name)

/** True for a name with an image extension, or with none. */
export const mayBeImage = (name: string): boolean => IMAGE_EXTENSION.test(name) || !/\.[^/.]+$/.test(name)

export function sizeError(size: number): string {
  return size > MAX_PICTURE_BYTES ? `The image has ${bytes(size)}; the limit is ${bytes(MAX_PICTURE_BYTES)}.` : ''
}

/** Returns the pictures of all files and zips. A single file is taken whatever its name is: the server decodes it. */
export async function collectPictures(files: { name: string; file: File }[]): Promise<CollectedPictures> {
  const collected: CollectedPictures = { pictures: [], skipped: [] }
  const isSingle = files.length === 1 && !files[0]!.name.includes('/')
  for (const { name, file } of files.filter(({ name }) => isSingle || !isSystemFile(name))) {
    if (isZip(name, file.type)) await addZip(collected, name, file)
    else if (isSingle || mayBeImage(name)) collected.pictures.push({ name, size: file.size, open: () => Promise.resolve(file) })
    else collected.skipped.push(name)
  }
  return { ...collected, pictures: withUniqueNames(collected.pictures) }
}

/** The second "1.png" becomes "1.png (2)". */
function withUniqueNames(pictures: Picture[]): Picture[] {
  const counts = new Map<string, number>()
  return pictures.map((picture) => {
    const number = (counts.get(picture.name) ?? 0) + 1
    counts.set(picture.name, number)
    return number === 1 ? picture : { ...picture, name: `${picture.name} (${number})` }
  })
}

async function addZip(collected: CollectedPictures, name: string, file: File): Promise<void> {
  try {
    for (const entry of await readZip(file)) {
      if (isSystemFile(entry.name)) continue
      if (mayBeImage(entry.name)) collected.pictures.push(entry)
      else collected.skipped.push(entry.name)
    }
  } catch (error) {
    collected.skipped.push(`${name} (${error instanceof Error ? error.message : String(error)})`)
  }
}

/** "3 files skipped, not images: notes.txt, labels.csv, …" */
export function skippedText(skipped: string[], limit = 4): string {
  if (skipped.length === 0) return ''
  const names = skipped.slice(0, limit).join(', ') + (skipped.length > limit ? ', …' : '')
  return skipped.length === 1 ? `Skipped, not an image: ${names}` : `${count(skipped.length)} files skipped, not images: ${names}`
}
