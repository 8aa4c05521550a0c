/** Which pages of the build need a module. */

/** The modules of a build by their ids, each with those that import it statically. */
export interface Modules {
  getModuleInfo: (id: string) => { importers: string[] } | null
}

/** Returns the entries, and the pages and parts that are loaded on demand, that import a module statically, by themselves or through others: as paths
 * below `src`, or below the folder of this file. */
export function pagesThatNeed(id: string, build: Modules): Set<string> {
  const seen = new Set([id])
  const pages = new Set<string>()
  for (const module of seen) {
    const importers = build.getModuleInfo(module)?.importers ?? []
    if (!importers.length) pages.add(module.replace(import.meta.dirname, '').replace(/^\/src/, ''))
    importers.forEach((importer) => seen.add(importer)) // the loop goes on with them
  }
  return pages
}
