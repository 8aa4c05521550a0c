/** Lists the files of a drop, a paste or a file input, with the contents of dropped folders. */

export interface NamedFile {
  name: string
  file: File
}

/** Has to be called synchronously in the drop event: the browser clears the transfer afterwards. */
export function droppedFiles(transfer: DataTransfer): Promise<NamedFile[]> {
  const items = [...transfer.items].filter((item) => item.kind === 'file')
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null).filter((entry) => entry !== null)
  if (entries.length === 0) return Promise.resolve(chosenFiles(transfer.files))
  return Promise.all(entries.map(filesOfEntry)).then((files) => files.flat())
}

/** Returns the files of an input; files of a chosen folder are named with their path. */
export function chosenFiles(files: FileList | File[] | null): NamedFile[] {
  return [...(files ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file }))
}

async function filesOfEntry(entry: FileSystemEntry): Promise<NamedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    return [{ name: entry.fullPath.replace(/^\//, ''), file }]
  }
  const files: NamedFile[] = []
  for (const child of await childrenOf(entry as FileSystemDirectoryEntry)) files.push(...(await filesOfEntry(child)))
  return files
}

/** `readEntries` returns a folder in batches; an empty batch ends it. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const children: FileSystemEntry[] = []
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (batch.length === 0) return children
    children.push(...batch)
  }
}
