import { expect, test } from 'vitest'
import { droppedText } from './dropped-text'

test('a dropped text file is read', async () => {
  expect(await droppedText(new File(['{"layers": []}'], 'model.json'))).toEqual({ text: '{"layers": []}', error: '' })
})

test('a file of weights is refused with what to drop instead', async () => {
  const weights = await droppedText(new File([new Uint8Array([0x80, 0xff])], 'best.keras'))
  expect(weights.error).toBe('best.keras is not a text file. Drop the JSON of the architecture.')
})

test('a large file is refused before it is read', async () => {
  const large = await droppedText(new File([new Uint8Array(2_000_000)], 'log.txt'))
  expect(large.error).toBe('log.txt has 2.0 MB, and a model at most 1.0 MB. Drop the JSON of the architecture, without weights.')
})
