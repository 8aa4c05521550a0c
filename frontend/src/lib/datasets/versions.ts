/** Versions of a dataset: `NAME@2` is version 2, and a spec that names `NAME` gets the newest. */

import type { Dataset, Spec } from '../api/types'
import { plural } from '../text/format'
import { datasetTitle, valueAt, withValue } from '../spec/spec'

/** How an image became square. */
export const FIT_WORDS = { crop: 'cropped', pad: 'padded', stretch: 'stretched' }

export interface DatasetChoice {
  /** What a spec names. */
  name: string
  title: string
  /** The dataset that a run with this name is trained on. */
  dataset: Dataset
}

/** Returns what a spec may name, in the order of the list: the newest version, then each one. */
export function datasetChoices(datasets: Dataset[]): DatasetChoice[] {
  return datasets.flatMap((dataset) => {
    const { name, base, version } = dataset
    if (version > 1) return [{ name, title: datasetTitle(name), dataset }]
    const newest = datasets.findLast((other) => other.base === base && other.status === 'ready') ?? dataset
    if (newest === dataset) return [{ name, title: datasetTitle(name), dataset }]
    const first = { name: `${name}@1`, title: `${datasetTitle(name)}, version 1`, dataset }
    return [{ name, title: `${datasetTitle(name)}, newest (version ${newest.version})`, dataset: newest }, first]
  })
}

/** Returns the dataset that a spec's name stands for. */
export const chosenDataset = (datasets: Dataset[], name: string): Dataset | undefined =>
  datasetChoices(datasets).find((choice) => choice.name === name)?.dataset ?? datasets.find((dataset) => `${dataset.name}@1` === name)

/** Returns a run's spec with the version that it was trained on named, so that its copy is trained on the same images. */
export function withVersion(spec: Spec, datasets: Dataset[]): Spec {
  const name = String(valueAt(spec, 'dataset.name'))
  const hasLater = datasets.some((dataset) => dataset.base === name && dataset.version > 1)
  return hasLater ? withValue(spec, 'dataset.name', `${name}@1`) : spec
}

/** Says what a version is made of: "23 labels changed and 3 images left out of version 1". */
export function madeOf(dataset: Dataset): string {
  const { derived } = dataset
  if (!derived) return ''
  const { images } = derived
  const parts = [
    images && `decoded again as ${images.image_size} × ${images.image_size} ${images.color === 'grayscale' ? 'grayscale' : 'RGB'}, ${FIT_WORDS[images.fit]}`,
    derived.relabelled && `${plural(derived.relabelled, 'label')} changed`,
    derived.left_out && `${plural(derived.left_out, 'image')} left out`,
    derived.classes_left_out.length > 0 && `without ${derived.classes_left_out.join(', ')}`,
    ...Object.entries(derived.merged).map(([from, into]) => `${from} merged into ${into}`),
    ...Object.entries(derived.renamed).map(([from, to]) => `${from} renamed to ${to}`),
  ].filter(Boolean)
  return `${parts.join(', ')}; made of ${datasetTitle(derived.of)}`
}
