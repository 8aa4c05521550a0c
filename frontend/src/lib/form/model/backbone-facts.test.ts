import { expect, test } from 'vitest'
import type { BackboneChoice } from '../../api/types'
import { backboneFacts } from './backbone-facts'

const resnet: BackboneChoice = {
  name: 'ResNet50V2',
  title: 'ResNet50V2',
  options: [],
  scaling: 'signed',
  normalizes: false,
  last_blocks: 'the last 3 of 16 blocks, of 2,048 filters',
  license: 'BSD',
  source: 'weights of keras.applications',
  trained_on: 'ImageNet',
  parameters: 23_564_800,
  file: 'resnet50v2.h5',
  address: 'https://example.org/resnet50v2.h5',
  digest: 'fac2',
  hash: 'MD5',
  bytes: 94_668_760,
  has_weights: false,
}
const factsOf = (changes: Partial<BackboneChoice>): Record<string, string> => Object.fromEntries(backboneFacts({ ...resnet, ...changes }))

test('missing weights say how much the run downloads, and those of a package how to install it', () => {
  expect(factsOf({}).Weights).toBe('weights of keras.applications, BSD; not on this machine yet: the run downloads 94.7 MB first')
  expect(factsOf({ has_weights: true }).Weights).toBe('weights of keras.applications, BSD; on this machine')
  expect(factsOf({ address: null }).Weights).toContain('run make setup again')
})

test('the facts name pixels, hash and file', () => {
  expect(factsOf({}).Pixels).toBe('scaled to −1 to 1')
  expect(factsOf({ scaling: 'unit', normalizes: true }).Pixels).toContain("scaled to 0 to 1, then normalized by the network with ImageNet's mean")
  expect(factsOf({}).MD5).toBe('fac2 of resnet50v2.h5')
})
