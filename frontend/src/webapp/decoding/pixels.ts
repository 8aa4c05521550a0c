/** Images as bytes, and how the training saw their colors. */

export interface Pixels {
  width: number
  height: number
  channels: 1 | 3
  data: Uint8Array
}

export function emptyPixels(width: number, height: number, channels: 1 | 3): Pixels {
  return { width, height, channels, data: new Uint8Array(width * height * channels) }
}

/** Converts opaque RGBA values; gray is weighted by the integers of Pillow's `convert("L")`. */
export function fromRgba(rgba: ArrayLike<number>, width: number, height: number, channels: 1 | 3): Pixels {
  const pixels = emptyPixels(width, height, channels)
  const { data } = pixels
  for (let from = 0, to = 0; to < data.length; from += 4, to += channels) {
    const [red, green, blue] = [rgba[from]!, rgba[from + 1]!, rgba[from + 2]!]
    if (channels === 1) {
      data[to] = (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16
    } else {
      data[to] = red
      data[to + 1] = green
      data[to + 2] = blue
    }
  }
  return pixels
}
