/** Makes the next version of a dataset from the decisions, and then trains a run again on it. */

import { createRun, readDataset, readRun } from '../api/client'
import { createVersion, readCorrections } from '../api/labels'
import { errorMessage } from '../api/problem'
import type { Corrections, Dataset, LabelDecision, LiveRun, StoredSplit } from '../api/types'
import { withValue } from '../spec/spec'

const POLL_MS = 1_000

export class VersionMaker {
  corrections = $state.raw<Corrections | null>(null)
  version = $state.raw<Dataset | null>(null)
  run = $state.raw<LiveRun | null>(null)
  failure = $state('')
  isBusy = $state(false)
  #isStopped = false

  constructor(readonly name: string) {}

  stop(): void {
    this.#isStopped = true
  }

  async preview(runs: string): Promise<void> {
    try {
      this.corrections = await readCorrections(this.name, runs)
    } catch (error) {
      this.failure = errorMessage(error)
    }
  }

  /** `retrain` is the id of a run that is trained again on the new version. */
  async make(decisions: LabelDecision[], retrain: string | null): Promise<void> {
    ;[this.isBusy, this.failure, this.run] = [true, '', null]
    try {
      this.version = await createVersion(this.name, { changes: decisions.flatMap(asChange) })
      while (this.version.status === 'preparing' && !this.#isStopped) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
        this.version = await readDataset(this.version.name)
      }
      if (this.version.status === 'ready' && retrain !== null) this.run = await trainAgain(retrain, this.version.name)
    } catch (error) {
      this.failure = errorMessage(error)
    } finally {
      this.isBusy = false
    }
  }
}

const asChange = ({ split, index, do: action, class: name }: LabelDecision) =>
  action === 'keep' ? [] : [{ split: split as StoredSplit, index, do: action, ...(name === null ? {} : { class: name }) }]

async function trainAgain(id: string, dataset: string): Promise<LiveRun> {
  const run = await readRun(id)
  return createRun({ name: `${run.name} on ${dataset}`.slice(0, 200), spec: withValue(run.spec, 'dataset.name', dataset), cloned_from: id })
}
