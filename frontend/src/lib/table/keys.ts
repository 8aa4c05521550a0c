/** Keys of the table. None works while one types, or together with Ctrl, Alt or the command key. */

export type KeyAction = 'next' | 'previous' | 'select' | 'range' | 'open' | 'search' | 'help' | 'clear'

export const KEYS: { keys: string[]; does: string }[] = [
  { keys: ['j', 'k'], does: 'next and previous row' },
  { keys: ['x'], does: 'select' },
  { keys: ['Shift', 'x'], does: 'select up to here' },
  { keys: ['Enter'], does: 'open' },
  { keys: ['/'], does: 'search' },
  { keys: ['Esc'], does: 'clear the selection' },
  { keys: ['?'], does: 'these keys' },
]

const ACTIONS: Record<string, KeyAction> = { j: 'next', k: 'previous', x: 'select', X: 'range', Enter: 'open', '/': 'search', '?': 'help', Escape: 'clear' }
/** Here a key is text, or already does something. */
const TYPING = 'input:not([type="checkbox"]), textarea, select, [contenteditable], dialog, [popover]'
const PRESSABLE = 'a, button, summary, input'

export function keyAction(event: KeyboardEvent): KeyAction | null {
  const target = event.target instanceof Element ? event.target : null
  if (event.ctrlKey || event.metaKey || event.altKey || target?.closest(TYPING)) return null
  const action = ACTIONS[event.key] ?? null
  return action === 'open' && target?.closest(PRESSABLE) ? null : action
}
