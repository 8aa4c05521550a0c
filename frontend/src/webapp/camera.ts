/** The camera: its stream in a video element, a call for each new frame, and what went wrong as a sentence. */

const PROBLEMS: Record<string, string> = {
  NotAllowedError: 'The camera was refused. Allow it beside the address of this page, then press “Use the camera” again.',
  NotFoundError: 'This device has no camera. Choose an image instead.',
  NotReadableError: 'The camera can’t be read; another program may use it. Close that one, then try again.',
}
const INSECURE = 'A browser gives the camera only to pages of localhost, of HTTPS addresses or of a folder on this device. Choose an image instead.'
const UNPLUGGED = 'The camera ended: it was unplugged, or its permission was taken back.'

export type Facing = 'environment' | 'user'

export const cameraProblem = (error: unknown): string => {
  const { name, message } = error as Error
  return PROBLEMS[name] ?? message
}

export class Camera {
  private stream: MediaStream | null = null

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly onEnd: (problem: string) => void,
  ) {}

  get isOn(): boolean {
    return this.stream !== null
  }

  /** Shows the camera's stream. Throws an error whose `cameraProblem` is for people. */
  async start(facing: Facing): Promise<void> {
    if (!navigator.mediaDevices) throw new Error(INSECURE)
    this.stop()
    this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing, width: { ideal: 640 }, height: { ideal: 480 } } })
    this.stream.getVideoTracks()[0]!.onended = () => {
      this.stop()
      this.onEnd(UNPLUGGED)
    }
    this.video.srcObject = this.stream
    await this.video.play()
  }

  stop(): void {
    this.stream?.getTracks().forEach((track) => track.stop())
    this.stream = null
    this.video.srcObject = null
  }

  /** Waits for a frame that was not shown yet; frames that come while one is predicted are left out. */
  nextFrame(): Promise<void> {
    return new Promise((resolve) => this.video.requestVideoFrameCallback(() => resolve()))
  }

  async hasSeveral(): Promise<boolean> {
    const devices = await navigator.mediaDevices.enumerateDevices()
    return devices.filter(({ kind }) => kind === 'videoinput').length > 1
  }
}
