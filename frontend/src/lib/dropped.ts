/** Files from a drop, folders with all that is in them; the browser gives a folder bit by bit. */

export interface NamedFile {
  name: string
  file: File
}

/** Has to be called while the drop is being handled: the browser forgets what was dropped right after. */
export function droppedFiles(transfer: DataTransfer): Promise<NamedFile[]> {
  const entries = [...transfer.items].filter((item) => item.kind === 'file').map((item) => item.webkitGetAsEntry?.() ?? null)
  if (entries.every((entry) => entry === null)) return Promise.resolve(chosenFiles(transfer.files))
  return Promise.all(entries.filter((entry) => entry !== null).map(filesOf)).then((found) => found.flat())
}

/** Files of an input; those of a chosen folder say where in it they lie. */
export function chosenFiles(files: FileList | File[] | null): NamedFile[] {
  return [...(files ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file }))
}

async function filesOf(entry: FileSystemEntry): Promise<NamedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail))
    return [{ name: entry.fullPath.replace(/^\//, ''), file }]
  }
  const found: NamedFile[] = []
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail))
    if (some.length === 0) return found
    for (const one of some) found.push(...(await filesOf(one)))
  }
}
