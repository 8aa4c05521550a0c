import { expect, test } from 'vitest'
import { scaled, type Scaling } from './scaling'

const image = { width: 2, height: 1, channels: 3 as const, data: Uint8Array.of(0, 1, 51, 128, 254, 255) }
const statistics = { mean: [125.30691528320312, 122.95039367675781, 113.8653793334961], deviation: [62.99321746826172, 62.08869934082031, 66.70490264892578] }

/** What NumPy gives in float32. */
const EXPECTED: [Scaling, number[]][] = [
  ['unit', [0, 0.003921568859368563, 0.20000000298023224, 0.501960813999176, 0.9960784316062927, 1]],
  ['signed', [-1, -0.9921568632125854, -0.6000000238418579, 0.003921627998352051, 0.9921568632125854, 1]],
  ['standard', [-1.9892128705978394, -1.9641318321228027, -0.9424401521682739, 0.0427519790828228, 2.1106836795806885, 2.1158056259155273]],
  ['none', [0, 1, 51, 128, 254, 255]],
]

test.each(EXPECTED)('%s scales as the training does', (scaling, expected) => {
  expect([...scaled(image, scaling, statistics)]).toEqual(expected.map(Math.fround))
})
