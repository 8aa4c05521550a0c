/** What a setting is called, by its path in a spec: in comparisons, menus and studies as in the form. */

import { capital } from '../text/format'

const TITLES: Record<string, string> = {
  'dataset.name': 'Dataset',
  'dataset.train_limit': 'Training images',
  'dataset.test_limit': 'Test images',
  'dataset.validation.from': 'Validation images',
  'dataset.validation.fraction': 'Validation fraction',
  'preprocessing.scaling': 'Pixel scaling',
  'model.preset': 'Model',
  'model.backbone': 'Model',
  'model.options.l1': 'L1',
  'model.options.l2': 'L2',
  'model.options.block_dropout': 'Dropout after blocks',
  'model.options.flatten_dropout': 'Dropout before dense layers',
  'model.options.dense_dropout': 'Dropout after dense layers',
  'model.options.pooling': 'Downsampling',
  'optimizer.name': 'Optimizer',
  'optimizer.amsgrad': 'AMSGrad',
  'optimizer.clipnorm': 'Gradient clipping',
  'optimizer.nesterov': 'Nesterov momentum',
  'optimizer.schedule.name': 'Schedule',
  'optimizer.schedule.alpha': 'Schedule final fraction',
  'optimizer.schedule.decay_rate': 'Schedule decay',
  'optimizer.schedule.warmup_epochs': 'Warm-up epochs',
  'loss.name': 'Loss',
  'callbacks.checkpoint.monitor': 'Best model by',
  'callbacks.checkpoint.every': 'Also save every n-th epoch',
  'callbacks.early_stopping.min_delta': 'Early stopping minimum change',
  'callbacks.early_stopping.restore_best_weights': 'Early stopping restores the best weights',
  'callbacks.reduce_lr': 'Plateau',
  'callbacks.reduce_lr.min_delta': 'Plateau minimum change',
  'callbacks.reduce_lr.min_lr': 'Plateau minimum learning rate',
  'callbacks.terminate_on_nan': 'Stop if the loss becomes NaN',
}
const PARTS: Record<string, string> = { reduce_lr: 'plateau' }

/** "Learning rate" for optimizer.learning_rate. Callbacks include their part: "Early stopping patience". */
export function fieldTitle(path: string): string {
  const keys = path.split('.')
  if (keys[0] === 'init') return 'Initial weights'
  const words = keys.length > 2 && keys[0] === 'callbacks' ? keys.slice(-2) : keys.slice(-1)
  return TITLES[path] ?? capital(words.map((word) => PARTS[word] ?? word).join(' ').replaceAll('_', ' '))
}
