/** A catalog of two layers, for tests. */

import type { Catalog } from '../api/types'

const option = (name: string, limit: object): object => ({ name, title: name, help: '', default: null, nullable: false, ...limit })
const common = (name: string, limit: object): object => ({ ...option(name, limit), common: true })
const rare = (name: string, limit: object): object => ({ ...option(name, limit), common: false })

export const catalog = {
  layer_choices: [
    {
      name: 'Conv2D',
      group: 'Convolution',
      arguments: [
        common('filters', { type: 'integer', minimum: 1, maximum: 4096 }),
        rare('kernel_regularizer', { type: 'object', objects: 'regularizer', nullable: true }),
        common('kernel_size', { type: 'list', takes_one: true, min_length: 2, max_length: 2, items: { type: 'integer', title: '' } }),
        common('padding', { type: 'string', choices: ['valid', 'same'], default: 'valid' }),
      ],
    },
    { name: 'Flatten', group: 'Dense', arguments: [] },
  ],
  layer_objects: {
    regularizer: [{ name: 'L2', title: 'L2', options: [option('l2', { type: 'number', default: 0.01, minimum: 0, maximum: 1000 })] }],
  },
} as unknown as Catalog
