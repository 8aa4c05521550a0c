/** The server's limit of one page. */
const MAX_STUDIES = 200

/** Names of the newest studies by their ids, read when one is shown for the first time. */
class StudyNames {
  #names = $state.raw<Record<string, string>>({})
  readonly #unknown = new Set<string>()

  /** The name of a study; its id until the name is read, or where the study is older than those that are. */
  of(id: string): string {
    if (!(id in this.#names) && !this.#unknown.has(id)) {
      this.#unknown.add(id)
      void this.#read()
    }
    return this.#names[id] ?? id
  }

  async #read(): Promise<void> {
    try {
      const { findStudies } = await import('../api/studies') // at first use, so that modules that name fields stay pure
      const { items } = await findStudies({ limit: MAX_STUDIES })
      this.#names = Object.fromEntries(items.map(({ id, name }) => [id, name]))
    } catch {
      // The ids stay; the page says by itself when the server does not answer.
    }
  }
}

export const studyNames = new StudyNames()
