/** The name under which this browser decides and plays, kept between visits. */

const KEY = 'epochboard-nickname'
export const MAX_NICKNAME = 40

export function storedNickname(): string {
  try {
    return localStorage.getItem(KEY) ?? ''
  } catch {
    return '' // the browser keeps nothing
  }
}

export function storeNickname(name: string): void {
  try {
    localStorage.setItem(KEY, name)
  } catch {
    // the browser keeps nothing
  }
}
