/** What somebody dropped, pasted or chose, as pictures that can be asked about one by one. */

import { bytes } from './format'
import { readZip } from './zip'

/** `name` holds the folders that the file lies in. `open` throws a sentence where it can't be read. */
export interface Picture {
  name: string
  size: number
  open: () => Promise<Blob>
}

/** `left`: the names of files that are no images, and of zips that can't be read with the reason. */
export interface Gathered {
  pictures: Picture[]
  left: string[]
}

/** As the board allows for one picture. */
export const MOST_BYTES = 20_000_000

const ENDINGS = /\.(jpe?g|jpe|png|gif|bmp|webp|tiff?|ppm|pgm|pbm)$/i
const JUNK = /(^|\/)(\.[^/]*|__MACOSX|thumbs\.db|desktop\.ini)(\/|$)/i

export const isZip = (name: string, type = ''): boolean => /\.zip$/i.test(name) || type === 'application/zip' || type === 'application/x-zip-compressed'

/** What operating systems leave in folders is passed over without a word. */
export const isJunk = (name: string): boolean => JUNK.test(name)

/** Files of a folder or a zip are told by their endings; one that has none may be an image. */
export const mayBeImage = (name: string): boolean => ENDINGS.test(name) || !/\.[^/.]+$/.test(name)

export function tooLarge(size: number): string {
  return size > MOST_BYTES ? `it has ${bytes(size)}, and ${bytes(MOST_BYTES)} are allowed for one picture` : ''
}

/** Pictures and zips of them. A single file is asked about whatever it is called: the board looks into it. */
export async function gathered(files: { name: string; file: File }[]): Promise<Gathered> {
  const all: Gathered = { pictures: [], left: [] }
  const alone = files.length === 1 && !files[0]!.name.includes('/')
  for (const { name, file } of files.filter((one) => alone || !isJunk(one.name))) {
    if (isZip(name, file.type)) await addZip(all, name, file)
    else if (alone || mayBeImage(name)) all.pictures.push({ name, size: file.size, open: () => Promise.resolve(file) })
    else all.left.push(name)
  }
  return { ...all, pictures: named(all.pictures) }
}

/** Names are told apart: "1.png" of one zip is "1.png (2)" beside that of another. */
function named(pictures: Picture[]): Picture[] {
  const seen = new Map<string, number>()
  return pictures.map((picture) => {
    const times = (seen.get(picture.name) ?? 0) + 1
    seen.set(picture.name, times)
    return times === 1 ? picture : { ...picture, name: `${picture.name} (${times})` }
  })
}

async function addZip(all: Gathered, name: string, file: File): Promise<void> {
  try {
    for (const entry of await readZip(file)) {
      if (isJunk(entry.name)) continue
      if (mayBeImage(entry.name)) all.pictures.push(entry)
      else all.left.push(entry.name)
    }
  } catch (error) {
    all.left.push(`${name} (${error instanceof Error ? error.message : String(error)})`)
  }
}

/** "3 files are no images: notes.txt, labels.csv, …" */
export function leftWords(left: string[], shown = 4): string {
  if (left.length === 0) return ''
  const names = left.slice(0, shown).join(', ') + (left.length > shown ? ', …' : '')
  return left.length === 1 ? `Left out, no image: ${names}` : `${left.length.toLocaleString('en-US')} left out, no images: ${names}`
}
