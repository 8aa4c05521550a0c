import { strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { readZip } from './zip'

const packed = (files: Record<string, string>, level: 0 | 6 = 6): Blob =>
  new Blob([zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])), { level }) as Uint8Array<ArrayBuffer>])

const bytesOf = async (blob: Blob): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await blob.arrayBuffer())

test.each([0, 6] as const)('files keep their folders and come out as they went in, packed by %i', async (level) => {
  const zip = packed({ 'a/b/one.txt': 'first '.repeat(100), '은행/잎.txt': 'second', 'empty.txt': '' }, level)
  const entries = await readZip(zip)

  expect(entries.map(({ name }) => name)).toEqual(['a/b/one.txt', '은행/잎.txt', 'empty.txt'])
  expect(await Promise.all(entries.map(async ({ open }) => (await open()).text()))).toEqual(['first '.repeat(100), 'second', ''])
})

test('folders are left out', async () => {
  const zip = new Blob([zipSync({ folder: { 'x.png': strToU8('x') } }) as Uint8Array<ArrayBuffer>])

  expect((await readZip(zip)).map(({ name }) => name)).toEqual(['folder/x.png'])
})

test('a comment at the end does not hide the list of files', async () => {
  const bytes = await bytesOf(packed({ 'x.png': 'x' }))
  const comment = strToU8('a comment')
  new DataView(bytes.buffer).setUint16(bytes.length - 2, comment.length, true)

  expect(await readZip(new Blob([bytes, comment as Uint8Array<ArrayBuffer>]))).toHaveLength(1)
})

test('a file that is not a zip, or incomplete, is refused', async () => {
  const half = packed({ 'x.png': 'x'.repeat(999) }).slice(0, 60)

  await expect(readZip(new Blob(['words']))).rejects.toThrow('not a zip file, or incomplete')
  await expect(readZip(half)).rejects.toThrow('not a zip file')
})

/** Opens the only entry of a zip after `change`. */
async function openChanged(change: (data: DataView, start: number) => void): Promise<Blob> {
  const bytes = await bytesOf(packed({ 'a.png': Array.from({ length: 99 }, (_, at) => at * at).join() }))
  const data = new DataView(bytes.buffer)
  change(data, data.getUint32(bytes.length - 6, true))
  return (await readZip(new Blob([bytes])))[0]!.open()
}

test('an encrypted, unsupported or damaged entry is refused when it is opened', async () => {
  await expect(openChanged((data, start) => data.setUint8(start + 8, 1))).rejects.toThrow('it is encrypted')
  await expect(openChanged((data, start) => data.setUint16(start + 10, 93, true))).rejects.toThrow('compression method 93 is not supported')
  await expect(openChanged((data) => data.setUint32(0, 0))).rejects.toThrow('it is damaged')
  await expect(openChanged((data) => new Uint8Array(data.buffer).fill(0xff, 40, 60))).rejects.toThrow('it is damaged')
})

test('an entry never unpacks to more than its declared size', async () => {
  const bytes = await bytesOf(packed({ 'a.png': 'a'.repeat(100_000) }))
  const data = new DataView(bytes.buffer)
  data.setUint32(data.getUint32(bytes.length - 6, true) + 24, 10, true)
  const [entry] = await readZip(new Blob([bytes]))

  const size = await entry!.open().then(
    (blob) => blob.size,
    () => 0,
  )
  expect(size).toBeLessThanOrEqual(10)
})
