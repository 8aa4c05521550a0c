/** Takes square pictures from a video. */

/** Large enough for each size that a dataset may have by default. */
const SIDE = 224
const QUALITY = 0.9

/** Returns the square in the middle of the current frame as a JPEG. Throws an Error where the video has no frame yet. */
export async function grabSquare(video: HTMLVideoElement): Promise<Blob> {
  const side = Math.min(video.videoWidth, video.videoHeight)
  if (!side) throw new Error('The camera has sent no picture yet.')
  const canvas = new OffscreenCanvas(SIDE, SIDE)
  const context = canvas.getContext('2d')!
  context.imageSmoothingQuality = 'high'
  context.drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, SIDE, SIDE)
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY })
}
