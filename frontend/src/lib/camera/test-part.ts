/** Which pictures of a class are kept for testing: the last ones in time. Neighboring frames are nearly equal, so every fifth one would test what was trained. */

const SHARE = 0.2
/** A whole hold is taken for testing if it makes a share between these. */
const LEAST = 0.1
const MOST = 0.4

/** Returns how many of a class's pictures, from the first on, are for training. `holds` says for each picture in which hold it was taken. */
export function trainingCount(holds: number[]): number {
  const total = holds.length
  if (total < 2) return total
  const share = (start: number): number => (total - start) / total
  const starts = holds.map((hold, index) => (index && hold !== holds[index - 1] ? index : 0)).filter((start) => start && share(start) >= LEAST && share(start) <= MOST)
  const nearest = starts.sort((one, other) => Math.abs(share(one) - SHARE) - Math.abs(share(other) - SHARE))[0]
  return nearest ?? total - Math.max(1, Math.round(total * SHARE))
}
