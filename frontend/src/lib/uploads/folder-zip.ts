/** Makes one zip of files by their paths. Images are compressed already, so entries are stored as they are, and no file is held in memory. */

import { count } from '../text/format'

export interface FolderFile {
  /** From the chosen folder on, with slashes. */
  path: string
  file: Blob
}

const MAX_FILES = 65_535
/** Of the files; what is left of 4 GB has the headers, with names of up to 512 bytes. */
const MAX_BYTES = 2 ** 32 - 2 ** 27
const UTF8_NAMES = 0x0800
const VERSION = 20
const FIRST_OF_1980 = 0x21

/** Returns the zip; hidden files and folders are left out. Throws an error with a sentence for the user. */
export async function zipFolder(name: string, files: FolderFile[]): Promise<File> {
  const visible = files.filter(({ path }) => !path.split('/').some((part) => part.startsWith('.')))
  const size = visible.reduce((sum, { file }) => sum + file.size, 0)
  if (!visible.length) throw new Error(`The folder ${name} has no files; choose the folder with your images.`)
  if (visible.length > MAX_FILES || size > MAX_BYTES) throw new Error(`The folder ${name} has more than ${count(MAX_FILES)} files or 4 GB; zip it yourself, and choose the zip.`)
  const content: BlobPart[] = []
  const directory: BlobPart[] = []
  let offset = 0
  for (const { path, file } of visible) {
    const entry = { name: new TextEncoder().encode(path), crc: crc32(new Uint8Array(await file.arrayBuffer())), size: file.size, offset }
    const header = localHeader(entry)
    content.push(header, file)
    directory.push(directoryHeader(entry))
    offset += header.size + file.size
  }
  const listed = new Blob(directory)
  return new File([...content, listed, endOfDirectory(visible.length, listed.size, offset)], `${name}.zip`, { type: 'application/zip' })
}

interface Entry {
  name: Uint8Array<ArrayBuffer>
  crc: number
  size: number
  offset: number
}

const localHeader = (entry: Entry): Blob => new Blob([fields([4, 0x04034b50], ...shared(entry)), entry.name])

function directoryHeader(entry: Entry): Blob {
  // comment, disk, internal and external attributes: none
  return new Blob([fields([4, 0x02014b50], [2, VERSION], ...shared(entry), [2, 0], [2, 0], [2, 0], [4, 0], [4, entry.offset]), entry.name])
}

/** What both headers of an entry say: stored, with its checksum and sizes, and no extra field. */
function shared({ name, crc, size }: Entry): Field[] {
  return [[2, VERSION], [2, UTF8_NAMES], [2, 0], [2, 0], [2, FIRST_OF_1980], [4, crc], [4, size], [4, size], [2, name.length], [2, 0]]
}

const endOfDirectory = (count: number, size: number, offset: number): Uint8Array<ArrayBuffer> =>
  fields([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, offset], [2, 0])

/** A number of two or four bytes, little-endian. */
type Field = [2 | 4, number]

function fields(...values: Field[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(values.reduce((sum, [bytes]) => sum + bytes, 0)))
  let at = 0
  for (const [bytes, value] of values) {
    if (bytes === 2) view.setUint16(at, value, true)
    else view.setUint32(at, value, true)
    at += bytes
  }
  return new Uint8Array(view.buffer)
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})

function crc32(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}
