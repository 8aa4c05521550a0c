import { expect, test } from 'vitest'
import { lineageLines } from './lineage'
import type { Lineage } from '../api/types'

const node = (id: string, name: string | null = id): Lineage['nodes'][number] => ({ id, name, status: name === null ? 'deleted' : 'finished', best: null })
const edge = (from: string, to: string, changes: Lineage['edges'][number]['changes'] = {}, kind: Lineage['edges'][number]['kind'] = 'cloned', epoch: number | null = null): Lineage['edges'][number] => ({ from, to, kind, epoch, changes })
const lines = (lineage: Partial<Lineage>): string[] =>
  lineageLines({ nodes: [], edges: [], decisions: [], ...lineage }).map(({ node, depth, origin, notes }) => [`${'  '.repeat(depth)}${node.name ?? 'deleted'}`, origin, ...notes].filter(Boolean).join(' | '))

test('a copy stands below its origin with what was changed', () => {
  const edges = [edge('a', 'b', { 'model.options.flatten_dropout': [0, 0.3], 'callbacks.early_stopping.patience': [null, 5] })]
  expect(lines({ nodes: [node('a'), node('b')], edges })).toEqual(['a', '  b | copied with dropout before dense layers 0 → 0.3 and early stopping patience not set → 5'])
})

test('many changes are counted', () => {
  const changes = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((path) => [path, [1, 2] as [number, number]]))
  expect(lines({ nodes: [node('x'), node('y')], edges: [edge('x', 'y', changes)] })[1]).toContain('d 1 → 2 and 2 further settings')
})

test('a run with two origins stands below the first and names the other', () => {
  const edges = [edge('a', 'c'), edge('b', 'c', {}, 'initialised')]
  expect(lines({ nodes: [node('a'), node('b'), node('c')], edges })).toEqual(['a', '  c | copied without changes | started with the weights of b', 'b'])
})

test('a resumed run says after which epochs; a run without relations is left out', () => {
  expect(lines({ nodes: [node('a'), node('b')], edges: [edge('a', 'a', {}, 'resumed', 5), edge('a', 'a', {}, 'resumed', 9)] })).toEqual(['a | resumed after epoch 5 and 9'])
})

test('a deleted origin keeps its place', () => {
  expect(lines({ nodes: [node('gone', null), node('b')], edges: [edge('gone', 'b')] })).toEqual(['deleted', '  b | copied without changes'])
})
