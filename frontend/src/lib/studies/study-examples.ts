/** A study and rows of its runs, for tests. */

import type { Study, TrialRow } from '../api/study-types'
import type { Json, Metrics, Status } from '../api/types'

interface Example {
  trial: number
  value: number | null
  values?: Record<string, Json>
  status?: Status
  pruned_epoch?: number | null
  epoch?: number
  epochs?: number
  seconds?: number
}

const START = Date.UTC(2026, 10, 27)

/** Returns a finished run whose best validation accuracy, and loss, is `value`, in epoch 4 of 5. */
export function row({ trial, value, values = {}, status = 'finished', pruned_epoch = null, epoch = 5, epochs = 5, seconds = 10 }: Example): TrialRow {
  return {
    id: `run-${trial}`,
    name: `study, run ${trial + 1}`,
    status,
    ended_by: 'epochs',
    pruned_epoch,
    epoch,
    epochs,
    trial,
    study_values: values,
    spark: [],
    metrics: null,
    started_at: new Date(START).toISOString(),
    finished_at: new Date(START + seconds * 1000).toISOString(),
    best: value === null ? null : { epoch: 4, monitor: 'val_accuracy', value, metrics: { val_accuracy: value, val_loss: value } as unknown as Metrics },
  }
}

export function study(changes: Partial<Study> = {}): Study {
  return {
    id: 'study-1',
    name: 'digits-tuned',
    kind: 'grid',
    status: 'finished',
    objective: 'best.val_accuracy',
    recipe: null,
    priority: 'normal',
    runs: { total: 4, finished: 4, failed: 0, pruned: 0, stopped: 0, running: 0, queued: 0, to_come: 0 },
    request: {},
    extension_step: 1,
    best: null,
    summary: [],
    importance: null,
    spec: { dataset: { name: 'digits' }, model: { preset: 'strided_cnn', options: {} } },
    space: null,
    seeds: null,
    limit: 500,
    notes: '',
    created_at: new Date(START).toISOString(),
    finished_at: new Date(START + 60_000).toISOString(),
    eta_seconds: null,
    ladder: null,
    learning_curve: null,
    paired: null,
    ...changes,
  }
}
