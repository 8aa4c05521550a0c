/** What a setting is called, by its path in a spec: "Learning rate", "Early stopping patience". */

import { capital } from '../text/format'

const TITLES: Record<string, string> = {
  'model.options.l1': 'L1',
  'model.options.l2': 'L2',
  'optimizer.name': 'Optimizer',
  'optimizer.schedule.name': 'Schedule',
  'loss.name': 'Loss',
  'dataset.name': 'Dataset',
  'dataset.train_limit': 'Training images',
  'model.preset': 'Model',
}

export function pathTitle(path: string): string {
  const keys = path.split('.')
  const words = keys[0] === 'callbacks' && keys.length > 2 ? keys.slice(-2) : keys.slice(-1)
  return TITLES[path] ?? capital(words.join(' ').replaceAll('_', ' '))
}
