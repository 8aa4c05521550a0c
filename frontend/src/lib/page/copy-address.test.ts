import { expect, test, vi } from 'vitest'
import { copyAddress } from './copy-address'

test('an address that the browser does not copy is shown to be copied by hand', async () => {
  const [writeText, prompt] = [vi.fn().mockResolvedValueOnce(undefined).mockRejectedValueOnce(new Error('insecure')), vi.fn()]
  vi.stubGlobal('navigator', { clipboard: { writeText } })
  vi.stubGlobal('prompt', prompt)
  expect(await copyAddress('/quiz/1')).toBe(true)
  expect(prompt).not.toHaveBeenCalled()
  expect(await copyAddress('/quiz/1')).toBe(false)
  expect(prompt).toHaveBeenCalledWith('Copy this address', '/quiz/1')
})
