import { expect, test } from 'vitest'
import type { LiveRun } from '../api/types'
import { runEntries } from './run-navigation'

const entries = (run: Partial<LiveRun>) => runEntries(run as LiveRun, '/runs/a')

test('a section is an anchor of the run’s page', () => {
  expect(entries({ epoch: 3, status: 'finished' })[1]).toEqual({ text: 'Curves', href: '/runs/a#curves' })
})

test('a run without an epoch has neither curves nor files', () => {
  expect(entries({ epoch: 0, status: 'failed' }).map((entry) => entry.text)).toEqual(['Questions', 'Model', 'Log'])
})
