/** The horizontal axis that the charts of confidence share, in the units of their view box. */

export const WIDTH = 380
export const LEFT = 40
export const RIGHT = 361

/** Returns the place of a confidence on an axis from `start` to 1. */
export const x = (confidence: number, start: number): number => LEFT + ((Math.max(confidence, start) - start) / (1 - start)) * (RIGHT - LEFT)
