/** What people ask of a run, and the place that answers each: at most one click away from this list. */

import { artifactHref } from '../api/documents'
import type { LiveRun } from '../api/types'
import { hasNoEpochs, isActive } from '../live/run-state'
import { equal } from '../spec/equal'
import { datasetTitle } from '../spec/spec'
import { plural } from '../text/format'
import { labelsAddress } from './run-navigation'

/** What the answers depend on. `home` is the address of the run's page. */
export interface QuestionContext {
  run: LiveRun
  home: string
  /** The address of the image that was mistaken most surely; null if there is none, or no predictions. */
  mistake: string | null
  /** The id of another run on the same dataset. */
  other: string | null
  /** The ids of runs with the same settings and other seeds. */
  seeds: string[]
}

/** The place that answers, or why nothing answers it for this run. */
export type Answer = { href: string; where: string } | { why: string }

export interface Question {
  text: string
  answer: (context: QuestionContext) => Answer
}

export interface QuestionGroup {
  title: string
  questions: Question[]
}

const NO_EPOCH = 'No epoch has been trained yet.'

/** The answer is a place that needs a trained epoch. */
const trained =
  (where: string, href: (context: QuestionContext) => string): Question['answer'] =>
  (context) => (hasNoEpochs(context.run) || context.run.epoch === 0 ? { why: NO_EPOCH } : { href: href(context), where })

const section = (where: string, id: string): Question['answer'] => trained(where, ({ home }) => `${home}#${id}`)

const image =
  (where: string, anchor: string): Question['answer'] =>
  ({ mistake }) => (mistake === null ? { why: 'There is no image with a wrong prediction to show it on.' } : { href: `${mistake}${anchor}`, where })

const comparison =
  (where: string, anchor: string): Question['answer'] =>
  ({ run, other }) =>
    run.best === null ? { why: NO_EPOCH } : other === null ? { why: `There is no other run on ${datasetTitle(run.dataset)} with a trained epoch yet.` } : { href: `/compare?runs=${encodeURIComponent(other)},${encodeURIComponent(run.id)}${anchor}`, where }

const study =
  (kind: string, where: string): Question['answer'] =>
  ({ run }) => ({ href: `/new?run=${encodeURIComponent(run.id)}&study=${kind}`, where })

/** Runs that differ from it in their seed only answer at once; without them there is the form. */
function seed(context: QuestionContext): Answer {
  const { run, seeds } = context
  if (!seeds.length) return study('repeat', 'The form, prefilled: this run with several seeds')(context)
  return { href: `/compare?runs=${[run.id, ...seeds].map(encodeURIComponent).join(',')}`, where: `This run beside ${plural(seeds.length, 'run')} with the same settings and ${seeds.length === 1 ? 'another seed' : 'other seeds'}` }
}

/** Returns the runs whose settings differ from those of `run` in the seed only. */
export const withOtherSeeds = (run: LiveRun, others: LiveRun[]): LiveRun[] =>
  others.filter(({ spec }) => spec.seed !== run.spec.seed && equal({ ...spec, seed: run.spec.seed }, run.spec))

function labels({ run }: QuestionContext): Answer {
  if (run.best === null) return { why: 'Its best epoch judges the labels, and it has none yet.' }
  return { href: labelsAddress(run), where: 'Labels of the dataset, most suspect first' }
}

function atHome({ run, home }: QuestionContext): Answer {
  if (run.best === null) return { why: 'It has no best model to export yet.' }
  return { href: `${home}#files`, where: isActive(run) ? 'Files; the bundle is verified at the end' : 'Files: each export is verified in a process of its own' }
}

export const QUESTIONS: QuestionGroup[] = [
  {
    title: 'Training',
    questions: [
      { text: 'Is it still training, and how long will it take?', answer: ({ home }) => ({ href: `${home}#content`, where: 'Head of the run: status, epoch and time left' }) },
      { text: 'Is it overfitting, since when?', answer: section('Diagnosis, marked on the curves', 'diagnosis') },
      { text: 'Which epoch is best, and is that the file I get?', answer: section('Files: best.keras and its epoch', 'files') },
      { text: 'What should I try next?', answer: section('Diagnosis: next runs, each launched by a press', 'diagnosis') },
      { text: 'How is this written in plain Keras?', answer: ({ run }) => ({ href: artifactHref(run.id, 'train.py'), where: 'train.py, a script without Epochboard' }) },
    ],
  },
  {
    title: 'Mistakes',
    questions: [
      { text: 'Which classes are confused?', answer: trained('Mistakes: the matrix and its most confused pairs', ({ home }) => `${home}?beside=pairs#mistakes`) },
      { text: 'Which images are that?', answer: section('Mistakes: images of the cell, row or column that is chosen', 'mistakes') },
      { text: 'Of which mistakes is it most sure?', answer: trained('Mistakes, the most confident first', ({ home }) => `${home}?order=confidence#mistakes`) },
      { text: 'Which classes does it neglect?', answer: trained('Mistakes: recall of each class, and a page for each', ({ home }) => `${home}?beside=classes#mistakes`) },
      { text: 'Was this image ever right?', answer: image('The story of the surest mistake; arrow keys lead to the next', '#story') },
      { text: 'Where does the network look?', answer: image('Page of the surest mistake: attention', '#attention') },
      { text: 'Which labels are probably wrong?', answer: labels },
    ],
  },
  {
    title: 'Comparison',
    questions: [
      { text: 'Is B really better than A?', answer: comparison('Verdict, with a test and an interval', '') },
      { text: 'What did B fix, and break?', answer: comparison('Images that differ, fixed and broken', '#differences') },
      { text: 'What did each ingredient buy?', answer: ({ run }) => (run.study === null ? { href: '/studies#ladder', where: 'The ladder: one ingredient a rung' } : { href: `/studies/${encodeURIComponent(run.study)}`, where: 'The study of this run' }) },
      { text: 'How much does the seed matter?', answer: seed },
      { text: 'Would more images help?', answer: study('learning_curve', 'The form, prefilled: this run on parts of the images') },
    ],
  },
  {
    title: 'Use',
    questions: [
      { text: 'What does it say to my image?', answer: section('Try it: drop an image', 'try') },
      { text: 'Does the file predict the same at home?', answer: atHome },
      { text: 'Can I believe its probabilities?', answer: trained('Trust: reliability, temperature, answering only when sure', ({ home }) => `${home}/trust`) },
    ],
  },
]
