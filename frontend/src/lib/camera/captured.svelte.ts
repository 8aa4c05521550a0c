/** The pictures taken with the camera, by class. They are kept in this tab, also while other pages of the board are open, until they are sent. */

import { askBeforeLeaving } from '../uploads/leaving'
import { trainingCount } from './test-part'

/** About 16 minutes of holding, and some 150 MB in this tab. */
export const MAX_PICTURES = 10_000

/** `hold` numbers the presses of the key or button. Ids rise with time. */
export interface Picture {
  id: number
  hold: number
  blob: Blob
}

export class CapturedClass {
  readonly id: number
  name = $state('')
  pictures = $state.raw<Picture[]>([])
  training = $derived(trainingCount(this.pictures.map(({ hold }) => hold)))

  constructor(id: number, name: string) {
    this.id = id
    this.name = name
  }

  get testing(): number {
    return this.pictures.length - this.training
  }
}

/** What was deleted last, and how it comes back. */
interface Undo {
  text: string
  restore: () => void
}

export class Captured {
  classes = $state<CapturedClass[]>([])
  undo = $state.raw<Undo | null>(null)
  total = $derived(this.classes.reduce((sum, { pictures }) => sum + pictures.length, 0))
  #ids = 0
  #stopAsking: (() => void) | null = null

  constructor() {
    this.clear()
  }

  /** Begins with two classes, as many as a model needs. */
  clear(): void {
    this.#stopAsking?.()
    this.#stopAsking = null
    this.classes = []
    this.undo = null
    this.addClass()
    this.addClass()
  }

  addClass(): CapturedClass {
    const added = new CapturedClass((this.#ids += 1), this.#freeName())
    this.classes.push(added)
    return this.classes.at(-1)!
  }

  removeClass(removed: CapturedClass): void {
    const at = this.classes.indexOf(removed)
    this.classes.splice(at, 1)
    this.undo = { text: `${removed.name} was removed`, restore: () => this.classes.splice(at, 0, removed) }
  }

  add(to: CapturedClass, hold: number, blob: Blob): void {
    this.#stopAsking ??= askBeforeLeaving()
    to.pictures = [...to.pictures, { id: (this.#ids += 1), hold, blob }]
  }

  delete(from: CapturedClass, isDeleted: (picture: Picture) => boolean): void {
    const deleted = from.pictures.filter(isDeleted)
    from.pictures = from.pictures.filter((picture) => !isDeleted(picture))
    const restore = (): void => {
      from.pictures = [...from.pictures, ...deleted].sort((one, other) => one.id - other.id)
    }
    this.undo = { text: `${deleted.length === 1 ? 'A picture' : `${deleted.length} pictures`} of ${from.name} deleted`, restore }
  }

  restore(): void {
    this.undo?.restore()
    this.undo = null
  }

  #freeName(): string {
    const names = this.classes.map(({ name }) => name)
    let number = this.classes.length + 1
    while (names.includes(`Class ${number}`)) number += 1
    return `Class ${number}`
  }
}

export const captured = new Captured()
