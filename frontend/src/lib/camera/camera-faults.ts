/** Why there is no picture from a camera, in sentences that say what to do. */

export interface CameraFault {
  title: string
  text: string
}

export const DISCONNECTED: CameraFault = {
  title: 'The camera was disconnected',
  text: 'It was unplugged, or the system took it away. Connect it, and turn it on again.',
}

const NONE: CameraFault = { title: 'No camera was found', text: 'Connect a camera, and try again. On a virtual or remote machine, open this page on the machine that has the camera.' }
const REFUSED: CameraFault = {
  title: 'The camera is not allowed',
  text: 'Allow it in the browser, by the camera sign beside the address or in the settings of this site, and try again. If it is allowed there, the system’s privacy settings refuse it.',
}
const IN_USE: CameraFault = { title: 'The camera can’t be started', text: 'Another program or tab may be using it, such as a video call. Close that, and try again.' }
const UNSUPPORTED: CameraFault = { title: 'This browser offers no camera', text: 'Open this page in a current Firefox, Chrome, Edge or Safari.' }

/** By the name of the error that `getUserMedia` rejects with. */
const FAULTS: Record<string, CameraFault> = {
  NotAllowedError: REFUSED,
  SecurityError: REFUSED,
  NotFoundError: NONE,
  OverconstrainedError: { title: 'The chosen camera is not there any more', text: 'Choose another one, or connect it, and try again.' },
  NotReadableError: IN_USE,
  AbortError: IN_USE,
}

export function faultOf(error: unknown): CameraFault {
  const [name, message] = error instanceof Error || error instanceof DOMException ? [error.name, error.message] : ['', String(error)]
  return FAULTS[name] ?? { title: IN_USE.title, text: `The browser says: ${message}. Try again, or choose another camera.` }
}

/** Returns why a page of this origin can't have a camera at all; null where it can. */
export function obstacle(page: { isSecureContext: boolean; hasCameras: boolean; address: URL }): CameraFault | null {
  if (page.isSecureContext) return page.hasCameras ? null : UNSUPPORTED
  const { origin, hostname, port } = page.address
  const local = port || '80'
  return {
    title: 'No camera over plain HTTP',
    text:
      `Browsers give the camera only to pages of localhost or of HTTPS, and this one is from ${origin}. ` +
      `Open http://localhost:${local} on the board’s own machine; or on yours through a tunnel, ssh -L ${local}:localhost:${local} ${hostname}; or put a proxy with HTTPS before the board.`,
  }
}
