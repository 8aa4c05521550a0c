/** The camera of this device: its stream, the other cameras that there are, and why there is no picture. */

import { DISCONNECTED, faultOf, obstacle, type CameraFault } from './camera-faults'

/** Pictures are cut to a square of the height, so more pixels would only take time. */
const SIZE = { width: { ideal: 640 }, height: { ideal: 480 } }

export interface CameraChoice {
  id: string
  label: string
}

export class Camera {
  stream = $state.raw<MediaStream | null>(null)
  fault = $state.raw<CameraFault | null>(null)
  isOpening = $state(false)
  choices = $state.raw<CameraChoice[]>([])
  /** The id of the camera in use. */
  chosen = $state('')
  /** A camera that faces the user is shown as a mirror; its pictures are not mirrored. */
  isMirrored = $state(false)
  #attempt = 0

  /** Opens a camera: the one of this id, else the rear one of a phone, else any. */
  async open(id = this.chosen): Promise<void> {
    this.close()
    const attempt = this.#attempt
    this.fault = obstacle({ isSecureContext, hasCameras: 'mediaDevices' in navigator, address: new URL(location.href) })
    if (this.fault) return
    this.isOpening = true
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { ...SIZE, ...(id ? { deviceId: { exact: id } } : { facingMode: 'environment' }) } })
      if (attempt === this.#attempt) await this.#take(stream)
      else stop(stream)
    } catch (error) {
      if (attempt === this.#attempt) this.#fail(faultOf(error))
    } finally {
      if (attempt === this.#attempt) this.isOpening = false
    }
  }

  /** Opens a camera without a question to the user, if there was an answer before. */
  async openIfAllowed(): Promise<void> {
    const attempt = this.#attempt
    const state = await navigator.permissions?.query({ name: 'camera' as PermissionName }).then(
      (permission) => permission.state,
      () => 'prompt', // this browser does not tell
    )
    if (state === 'granted' && attempt === this.#attempt) await this.open()
  }

  close(): void {
    this.#attempt += 1
    this.isOpening = false
    if (this.stream) stop(this.stream)
    this.stream = null
  }

  async #take(stream: MediaStream): Promise<void> {
    const track = stream.getVideoTracks()[0]!
    track.onended = () => this.#fail(DISCONNECTED)
    const { deviceId = '', facingMode } = track.getSettings()
    this.chosen = deviceId
    this.isMirrored = facingMode !== 'environment' && !/back|rear/i.test(track.label)
    this.stream = stream
    this.choices = await cameras()
  }

  #fail(fault: CameraFault): void {
    this.close()
    this.fault = fault
    this.chosen = ''
  }
}

/** Labels are empty until a camera was allowed. */
async function cameras(): Promise<CameraChoice[]> {
  const devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput')
  return devices.map(({ deviceId, label }, index) => ({ id: deviceId, label: label || `Camera ${index + 1}` }))
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    track.onended = null
    track.stop()
  }
}
