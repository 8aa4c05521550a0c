/** Packs the pictures as an upload: `train/` and `test/` with a folder for each class. */

import { zipFolder } from '../uploads/folder-zip'
import type { CapturedClass } from './captured.svelte'

/** Returns the zip. Pictures are JPEG already and stored as they are. */
export function picturesZip(name: string, classes: CapturedClass[]): Promise<File> {
  return zipFolder(name, classes.flatMap(files))
}

function files({ name, pictures, training }: CapturedClass): { path: string; file: Blob }[] {
  return pictures.map(({ blob }, index) => ({
    path: `${index < training ? 'train' : 'test'}/${name.trim().normalize('NFC')}/${String(index + 1).padStart(5, '0')}.jpg`,
    file: blob,
  }))
}
