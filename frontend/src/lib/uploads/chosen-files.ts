/** What a person drops or chooses: one zip, or a folder, which becomes one. */

import { zipFolder, type FolderFile } from './folder-zip'

/** Returns the dropped file, or a zip of the dropped folders and files; null where nothing was dropped that is a file. */
export async function droppedFile(transfer: DataTransfer): Promise<File | null> {
  const first = transfer.files[0] ?? null
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  if (!entries.some((entry) => entry.isDirectory) && entries.length < 2) return first
  const files = (await Promise.all(entries.map((entry) => filesBelow(entry)))).flat()
  return zipFolder(entries[0]!.name, files)
}

/** Returns a zip of a folder that was chosen. */
export function chosenFolder(files: FileList): Promise<File> {
  const listed = [...files].map((file) => ({ path: file.webkitRelativePath, file }))
  return zipFolder(listed[0]?.path.split('/')[0] || 'images', listed)
}

async function filesBelow(entry: FileSystemEntry): Promise<FolderFile[]> {
  const path = entry.fullPath.replace(/^\//, '')
  if (entry.isFile) return [{ path, file: await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)) }]
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const below: FolderFile[] = []
  for (let batch = await nextEntries(reader); batch.length; batch = await nextEntries(reader)) {
    below.push(...(await Promise.all(batch.map((child) => filesBelow(child)))).flat())
  }
  return below
}

/** A reader returns its entries in batches, and an empty one at the end. */
const nextEntries = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> => new Promise((resolve, reject) => reader.readEntries(resolve, reject))
