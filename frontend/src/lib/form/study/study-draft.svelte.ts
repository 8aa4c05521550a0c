/** The part of a draft that makes a study of a run: its kind, what is varied, seeds and number of runs, as typed. */

import type { FieldError } from '../../api/problem'
import type { Space, StudyKind } from '../../api/study-types'
import type { Json, Limit } from '../../api/types'
import { suggested, variedOf, type VariedText } from './vary'

/** Kinds that the form makes of a run. The ladder has networks of its own and is started on the page of the studies. */
export type FormKind = Exclude<StudyKind, 'ladder'>
export type StudyOption = 'seeds' | 'runs' | 'fractions'

export interface KindChoice {
  kind: FormKind
  title: string
  help: string
  options: StudyOption[]
  /** True when fields can be varied. */
  varies: boolean
  /** True when values are drawn, so that a field takes a range, too. */
  draws: boolean
}

export const KINDS: KindChoice[] = [
  { kind: 'repeat', title: 'Repeat', help: 'The same run with several seeds: mean and standard deviation, so that you know what chance does.', options: ['seeds'], varies: false, draws: false },
  { kind: 'grid', title: 'Grid', help: 'Every combination of the values of the fields that you tick below.', options: ['seeds'], varies: true, draws: false },
  { kind: 'random', title: 'Random search', help: 'Values drawn at random from the lists and ranges of the fields that you tick below.', options: ['runs'], varies: true, draws: true },
  { kind: 'tpe', title: 'TPE search', help: "Optuna's TPE sampler learns from the finished runs which values to try next.", options: ['runs'], varies: true, draws: true },
  { kind: 'learning_curve', title: 'Learning curve', help: 'The same run on parts of the training images: what twice the data would bring.', options: ['fractions', 'seeds'], varies: false, draws: false },
]

export const PRUNERS = [
  { name: 'none', title: 'None', help: 'every run trains all epochs' },
  { name: 'median', title: 'Median', help: 'stops a run that is below the median of earlier ones at the same epoch' },
  { name: 'halving', title: 'Successive halving', help: 'stops all but the best part of the runs at each rung of epochs' },
]

export const OBJECTIVES = ['best.val_accuracy', 'best.val_macro_f1', 'best.val_loss']

export interface StoredStudy {
  kind: FormKind | null
  varied: Record<string, VariedText>
  seeds: string
  runs: string
  fractions: string
  pruner: string
  objective: string
}

/** The form starts one run. */
export const NO_STUDY: StoredStudy = { kind: null, varied: {}, seeds: '0, 1, 2', runs: '20', fractions: '0.125, 0.25, 0.5, 1', pruner: 'none', objective: 'best.val_accuracy' }
const MAX_SEED = 2 ** 31 - 1

export class StudyDraft {
  text = $state.raw<StoredStudy>(NO_STUDY)
  /** Errors of the last check or launch, by field of the study or by varied path. */
  serverErrors = $state.raw<Record<string, string>>({})
  readonly #limit: (path: string) => Limit | undefined

  choice: KindChoice | undefined = $derived.by(() => KINDS.find(({ kind }) => kind === this.text.kind))
  /** Varied fields that the spec still has: those of another optimizer are kept until the user returns to it. */
  paths: string[] = $derived.by(() => (this.choice?.varies ? Object.keys(this.text.varied).filter((path) => this.#limit(path)) : []))
  #varied = $derived.by(() => this.paths.map((path) => [path, variedOf(this.#limit(path)!, this.text.varied[path]!, this.choice!.draws)] as const))
  space: Space = $derived.by(() => Object.fromEntries(this.#varied.flatMap(([path, { values }]) => (values === null ? [] : [[path, values]]))))
  formErrors: Record<string, string> = $derived.by(() => this.#formErrors())
  errors: Record<string, string> = $derived.by(() => ({ ...this.serverErrors, ...this.formErrors }))

  constructor(limit: (path: string) => Limit | undefined, stored: StoredStudy | undefined) {
    this.#limit = limit
    this.text = { ...NO_STUDY, ...stored }
  }

  change(changes: Partial<StoredStudy>): void {
    this.text = { ...this.text, ...changes }
    this.serverErrors = {}
    if (changes.kind && this.choice?.draws) this.#drawFromRanges()
  }

  /** A grid's list of one value is nothing to draw from, so such fields get their range. */
  #drawFromRanges(): void {
    const varied = Object.entries(this.text.varied).map(([path, text]) => [path, text.list.includes(',') ? text : { ...text, form: 'range' as const }])
    this.text = { ...this.text, varied: Object.fromEntries(varied) }
  }

  isVaried(path: string): boolean {
    return this.paths.includes(path)
  }

  vary(path: string, value: Json | undefined, isOn: boolean): void {
    const { [path]: _, ...others } = this.text.varied
    const suggestion = suggested(this.#limit(path)!, value)
    this.change({ varied: isOn ? { ...others, [path]: { ...suggestion, form: this.choice?.draws ? 'range' : 'list' } } : others })
  }

  setVaried(path: string, changes: Partial<VariedText>): void {
    const before = this.text.varied[path]
    if (before) this.change({ varied: { ...this.text.varied, [path]: { ...before, ...changes } } })
  }

  /** Returns what the request has beside the run: the kind and its options. */
  request(): Record<string, unknown> {
    const { kind, pruner, objective } = this.text
    const options = this.choice?.options ?? []
    return {
      kind,
      ...(this.choice?.varies ? { space: this.space } : {}),
      ...(options.includes('fractions') ? { fractions: numbers(this.text.fractions) } : {}),
      ...(options.includes('seeds') && this.text.seeds.trim() ? { seeds: numbers(this.text.seeds) } : {}),
      ...(options.includes('runs') ? { runs: Number(this.text.runs), pruner } : {}),
      ...(objective === NO_STUDY.objective ? {} : { objective }),
    }
  }

  setErrors(errors: FieldError[]): void {
    const entries = errors.map(({ loc, msg }) => [String((loc[0] === 'space' ? loc[1] : loc[0]) ?? ''), msg])
    this.serverErrors = Object.fromEntries(entries.filter(([key]) => key !== 'spec' && key !== 'recipe'))
  }

  #formErrors(): Record<string, string> {
    const options = this.choice?.options ?? []
    const all = {
      ...Object.fromEntries(this.#varied.map(([path, { error }]) => [path, error])),
      space: this.choice?.varies && this.paths.length === 0 ? 'Tick at least one field below to vary it' : '',
      seeds: options.includes('seeds') ? this.#seedsError() : '',
      runs: options.includes('runs') && !isWhole(this.text.runs, 1) ? 'Enter a whole number of at least 1' : '',
      fractions: options.includes('fractions') ? fractionsError(this.text.fractions) : '',
    }
    return Object.fromEntries(Object.entries(all).filter(([, error]) => error !== ''))
  }

  #seedsError(): string {
    const seeds = this.text.seeds.split(/[\s,]+/).filter(Boolean)
    if (seeds.some((seed) => !isWhole(seed, 0))) return 'Enter whole numbers from 0, separated by commas'
    if (new Set(seeds).size < seeds.length) return 'Each seed may be given once'
    return this.text.kind === 'repeat' && seeds.length < 2 ? 'Enter at least two seeds' : ''
  }
}

const numbers = (text: string): number[] => text.split(/[\s,]+/).filter(Boolean).map(Number)

function isWhole(text: string, least: number): boolean {
  const value = Number(text)
  return text.trim() !== '' && Number.isInteger(value) && value >= least && value <= MAX_SEED
}

function fractionsError(text: string): string {
  const values = numbers(text)
  if (values.length < 2 || values.some((value) => !(value > 0 && value <= 1))) return 'Enter at least two parts above 0 and at most 1, such as 0.1, 0.5, 1'
  return new Set(values).size < values.length ? 'Each part may be given once' : ''
}
