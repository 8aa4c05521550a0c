/** Smooths a noisy curve with an exponential moving average. */

/** Returns the moving average of `values`, with `weight` (0 to 1) on the past. Dividing by the sum of the weights removes
 * the pull towards the zero start, as TensorBoard does. Gaps stay gaps. */
export function smoothed(values: (number | null)[], weight: number): (number | null)[] {
  let average = 0
  let total = 0
  return values.map((value) => {
    if (value === null) return null
    average = weight * average + (1 - weight) * value
    total = weight * total + (1 - weight)
    return average / total
  })
}
