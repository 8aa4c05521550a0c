/** What the form says about a backbone, as pairs of a term and its text. */
import type { BackboneChoice } from '../../api/types'
import { bytes, count } from '../../text/format'
import { choiceTitle } from '../../spec/spec'

export function backboneFacts(backbone: BackboneChoice): [string, string][] {
  return [
    ['Trained on', backbone.trained_on],
    ['Parameters', `${count(backbone.parameters)}, without its own last layer`],
    ['Pixels', pixels(backbone)],
    ['Last blocks', backbone.last_blocks],
    ['Weights', `${backbone.source}, ${backbone.license}; ${availability(backbone)}`],
    [backbone.hash, `${backbone.digest} of ${backbone.file}`],
  ]
}

function pixels({ scaling, normalizes }: BackboneChoice): string {
  const scaled = `scaled to ${choiceTitle('preprocessing.scaling', scaling)}`
  return normalizes ? `${scaled}, then normalized by the network with ImageNet's mean and deviation of each channel` : scaled
}

/** Returns whether the file of weights is here, and what happens if it is not. */
function availability(backbone: BackboneChoice): string {
  if (backbone.has_weights) return 'on this machine'
  const size = bytes(backbone.bytes)
  return backbone.address ? `not on this machine yet: the run downloads ${size} first` : `not on this machine: run make setup again (${size})`
}
