/** Scrolls a line of links sideways, so that the current one is seen with what is before it. */
export function revealCurrent(line: HTMLElement): void {
  const current = line.querySelector<HTMLElement>('[aria-current]')
  if (current) line.scrollLeft = current.offsetLeft - line.offsetLeft - line.clientWidth / 3
}
