/** Makes the next version of a dataset from the decisions, and then trains a run again on it. */

import { createRun, readDataset, readRun } from '../api/client'
import { createVersion, findDuplicates, readCorrections } from '../api/labels'
import { errorMessage } from '../api/problem'
import type { Corrections, Dataset, Duplicates, LabelDecision, LabelledImage, LiveRun, StoredSplit, VersionRequest } from '../api/types'
import { withValue } from '../spec/spec'

const POLL_MS = 1_000
const MAX_PAGE = 200 // items that the service returns at once
type Change = NonNullable<VersionRequest['changes']>[number]

export class VersionMaker {
  corrections = $state.raw<Corrections | null>(null)
  version = $state.raw<Dataset | null>(null)
  run = $state.raw<LiveRun | null>(null)
  failure = $state('')
  isBusy = $state(false)
  /** The decisions of the last version that was made, or that is being made. */
  #made = $state('')
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

  /** True once a version was made of these very decisions: another one would have the same labels. */
  hasMade(decisions: LabelDecision[]): boolean {
    return this.version?.status === 'ready' && this.#made === keyOf(decisions)
  }

  /** `retrain` is the id of a run that is trained again on the new version. */
  async make(decisions: LabelDecision[], retrain: string | null): Promise<void> {
    this.#made = keyOf(decisions)
    await this.#make(() => decisions.flatMap(asChange), retrain)
  }

  /** Makes a version without all pictures that are in the dataset under several labels. */
  async leaveOutContradictions(): Promise<void> {
    await this.#make(async () => (await findAllContradictions(this.name)).map(({ split, index }) => ({ split: split as StoredSplit, index, do: 'leave_out' as const })), null)
  }

  async #make(readChanges: () => Change[] | Promise<Change[]>, retrain: string | null): Promise<void> {
    ;[this.isBusy, this.failure, this.run] = [true, '', null]
    try {
      this.version = await createVersion(this.name, { changes: await readChanges() })
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

async function findAllContradictions(name: string): Promise<LabelledImage[]> {
  const images: LabelledImage[] = []
  let cursor: string | null | undefined
  do {
    const page: Duplicates = await findDuplicates(name, 'contradictions', cursor ?? undefined, MAX_PAGE)
    images.push(...page.items.flatMap((item) => item.images))
    cursor = page.next_cursor
  } while (cursor)
  return images
}

/** The same decisions have the same key, in whichever order they were made. */
const keyOf = (decisions: LabelDecision[]): string => decisions.flatMap(asChange).map((change) => JSON.stringify(change)).sort().join()

const asChange = ({ split, index, do: action, class: name }: LabelDecision): Change[] =>
  action === 'keep' ? [] : [{ split: split as StoredSplit, index, do: action, ...(name === null ? {} : { class: name }) }]

async function trainAgain(id: string, dataset: string): Promise<LiveRun> {
  const run = await readRun(id)
  return createRun({ name: `${run.name} on ${dataset}`.slice(0, 200), spec: withValue(run.spec, 'dataset.name', dataset), cloned_from: id })
}
