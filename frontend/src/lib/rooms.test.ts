import { expect, test } from 'vitest'

/** The rooms from the lowest to the highest. A module imports only from its own room and from rooms above its line in this table. */
const ROOMS: Record<string, string> = {
  api: 'Requests to the server, the types of its answers, its errors and its clock.',
  text: 'Numbers, times and lists as text; text fields as lists.',
  spec: 'A run spec: its values by path, what they are called, summaries, and differences between two specs.',
  charts: 'What charts draw, from the metrics table to a Plotly figure: curves, axes, annotations, colors.',
  live: 'The event stream and what it keeps current: the connection, active runs and workers.',
  runs: 'One run: status, actions, statistics, exports, how a run ended.',
  evaluation: 'What a model gets wrong: confusion matrix, report and the selection of samples; jobs on its best model.',
  map: 'The map of a run’s images: places, colors, the lasso, and drawing on a canvas.',
  trust: 'Whether a run can be believed: calibration, and answering only when sure enough.',
  classes: 'One class of a run: its curve through the epochs and its scores as text.',
  compare: 'Several runs side by side: the verdict, their curves, settings, results, images and lineage.',
  image: 'One image of a run: the list that it was opened from, its story, and what Keras computes for it.',
  table: 'The table of runs: a view and its address, fields, filters, groups, pages of rows, selection, keys.',
  predictions: "Predictions for the user's own pictures: files, zips, the queue, CSV.",
  uploads: 'An upload before it is a dataset: the file, its options, and the look at it.',
  camera: 'The camera: why there is none, its frames, the pictures by class and which of them test, and live predictions.',
  datasets: 'Datasets: descriptions, the list, progress.',
  studies: 'A study and the list of studies: trials, scales and axes, and what each kind of study shows.',
  labels: 'Labels that are probably wrong: the suspects in order, decisions about them, keys, and the version that they make.',
  quiz: 'A quiz: the images, the answers so far, and the scores.',
  layers: 'A list of layers as rows: their identity, arguments, results of the check, and the editor that changes them.',
  form: 'The form of a new run: the draft, its fields, recipes, checks, preview and cost.',
  diagnosis: 'What is wrong with a run: the findings, their chart, and the next runs that they offer.',
  page: 'The page as a whole: addresses, navigation, theme.',
}
const ORDER = Object.keys(ROOMS)

const sources = import.meta.glob<string>('./**/*.ts', { query: '?raw', import: 'default', eager: true })
const modules = Object.keys(sources).filter((path) => path !== './rooms.test.ts')

const roomOf = (path: string): string => path.split('/')[1]!

/** Paths relative to lib of every module that a module imports, types included. */
function importsOf(path: string): string[] {
  const specifiers = [...sources[path]!.matchAll(/(?:from|import|import\(|new URL\()\s*'(\.[^']*)'/g)].map((match) => match[1]!)
  return specifiers.filter((specifier) => !specifier.endsWith('.json')).map((specifier) => new URL(specifier, `file:///${path.slice(2)}`).pathname).map((target) => `.${target.replace(/\.ts$/, '')}.ts`)
}

function cycleFrom(path: string, trail: string[] = []): string[] | null {
  if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path]
  if (finished.has(path)) return null
  for (const target of importsOf(path)) {
    const cycle = cycleFrom(target, [...trail, path])
    if (cycle) return cycle
  }
  finished.add(path)
  return null
}
const finished = new Set<string>()

test('every module lies in a room, and no room is empty', () => {
  expect(new Set(modules.map(roomOf))).toEqual(new Set(ORDER))
})

test('every import resolves to a module of lib', () => {
  expect(modules.flatMap((path) => importsOf(path).filter((target) => !(target in sources)).map((target) => `${path} → ${target}`))).toEqual([])
})

test('imports lead only to the same room or to a lower one', () => {
  const isUpward = (from: string, to: string): boolean => ORDER.indexOf(roomOf(to)) > ORDER.indexOf(roomOf(from))
  expect(modules.flatMap((path) => importsOf(path).filter((target) => isUpward(path, target)).map((target) => `${path} → ${target}`))).toEqual([])
})

test('no modules import each other in a cycle', () => {
  expect(modules.map((path) => cycleFrom(path)).filter((cycle) => cycle !== null)).toEqual([])
})
