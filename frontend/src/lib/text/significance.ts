/** p-values: how they are written, and from when a difference counts. */

/** A difference this rare by chance counts as one. */
export const SIGNIFICANCE = 0.05

export const pText = (p: number): string => (p < 0.0001 ? p.toExponential(0) : String(Number(p.toPrecision(2))))
