import { expect, test } from 'vitest'
import { zipFolder } from './folder-zip'

const file = (path: string, text: string) => ({ path, file: new File([text], path) })

test('a folder becomes a zip of stored entries, without hidden files', async () => {
  const zip = await zipFolder('leaves', [file('leaves/maple/1.jpg', '123456789'), file('leaves/.git/config', 'x'), file('leaves/은행나무/2.jpg', 'ab')])
  const view = new DataView(await zip.arrayBuffer())
  const end = view.byteLength - 22
  const directory = view.getUint32(end + 16, true)

  expect([zip.name, view.getUint32(end, true), view.getUint16(end + 10, true)]).toEqual(['leaves.zip', 0x06054b50, 2])
  expect([view.getUint32(0, true), view.getUint32(directory, true)]).toEqual([0x04034b50, 0x02014b50])
  expect(view.getUint32(14, true)).toBe(0xcbf43926) // the CRC-32 of 123456789
  expect(view.getUint32(directory + 24, true)).toBe(9)
})

test('a folder without files is reported', async () => {
  await expect(zipFolder('leaves', [file('leaves/.DS_Store', 'x')])).rejects.toThrow('The folder leaves has no files')
})
