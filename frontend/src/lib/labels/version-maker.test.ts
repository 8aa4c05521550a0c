import { expect, test, vi } from 'vitest'
import * as labels from '../api/labels'
import type { Dataset, LabelDecision } from '../api/types'
import { VersionMaker } from './version-maker.svelte'

vi.mock('../api/labels', () => ({ createVersion: vi.fn(), readCorrections: vi.fn(), findDuplicates: vi.fn() }))

const decision = (index: number, action: 'keep' | 'leave_out'): LabelDecision => ({ split: 'test', index, do: action, class: null }) as LabelDecision
const version = (status: string): Dataset => ({ name: 'digits@2', status }) as Dataset

test('a version is made once of the same decisions, and again of others', async () => {
  vi.mocked(labels.createVersion).mockResolvedValue(version('ready'))
  const versionMaker = new VersionMaker('digits')
  const decisions = [decision(1, 'leave_out'), decision(2, 'leave_out')]
  expect(versionMaker.hasMade(decisions)).toBe(false)
  await versionMaker.make(decisions, null)
  expect(versionMaker.hasMade(decisions.toReversed())).toBe(true)
  expect(versionMaker.hasMade([...decisions, decision(3, 'keep')])).toBe(true) // a label that is right changes nothing
  expect(versionMaker.hasMade([...decisions, decision(3, 'leave_out')])).toBe(false)
})

test('a version that failed may be made again', async () => {
  vi.mocked(labels.createVersion).mockResolvedValue(version('failed'))
  const versionMaker = new VersionMaker('digits')
  await versionMaker.make([decision(1, 'leave_out')], null)
  expect(versionMaker.hasMade([decision(1, 'leave_out')])).toBe(false)
})
