/** The exact time of an element, as its title once it is pointed at: the data of Intl take 10 to 20 ms to load. */

import { exact } from '../format'

export function showExact({ currentTarget: time }: { currentTarget: HTMLTimeElement }): void {
  time.title = exact(time.dateTime)
}
