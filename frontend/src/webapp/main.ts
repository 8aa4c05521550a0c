/** The page of a webapp.zip: loads the model that is beside it, and predicts what it is shown. */

import './page.css'
import { answerOf } from './answer'
import { Camera, cameraProblem, type Facing } from './camera'
import { decodeFile, decodeFrame } from './decoding/decode'
import type { Model } from './model'
import { Network } from './network'
import type { Pixels } from './decoding/pixels'
import { element, showAnswer, showInput, showModel, showOnStage, showProblem, showReady } from './view'

async function script(name: string): Promise<void> {
  const tag = document.createElement('script')
  tag.src = name
  await new Promise((resolve, reject) => {
    tag.onload = resolve
    tag.onerror = () => reject(new Error(`${name} is missing beside this page. Unpack the whole zip.`))
    document.head.append(tag)
  })
}

async function loadModel(): Promise<Model> {
  await script('model.js')
  showModel(window.epochboardModel!)
  return window.epochboardModel!
}

async function loadNetwork(): Promise<Network> {
  const [model] = await Promise.all([loaded, script('runtime.js')])
  return Network.load(model, window.epochboardRuntime!)
}

const loaded = loadModel()
const network = loadNetwork()

/** Predicts an image and shows the answer; the time is that of the network alone. */
async function predict(image: Pixels): Promise<void> {
  const { classes, threshold } = await loaded
  const start = performance.now()
  const probabilities = await (await network).predict(image)
  showInput(image, performance.now() - start)
  showAnswer(answerOf(classes, probabilities, threshold))
}

const photo = element<HTMLImageElement>('photo')

let latest: File | null = null

async function predictFile(file: File): Promise<void> {
  stopCamera()
  latest = file
  try {
    const image = await decodeFile(file, await loaded)
    if (file !== latest) return // a later one was decoded in less time
    showPhoto(file)
    await predict(image)
  } catch (error) {
    showProblem(`${file.name}: ${(error as Error).message}`)
  }
}

function showPhoto(file: File): void {
  URL.revokeObjectURL(photo.src)
  photo.src = URL.createObjectURL(file)
  photo.alt = file.name
  showProblem(null)
  showOnStage('photo')
}

const video = element<HTMLVideoElement>('video')
const cameraButton = element('camera')
const turnButton = element('turn')
const camera = new Camera(video, (problem) => {
  stopCamera()
  showProblem(problem)
})
let facing: Facing = 'environment'

async function startCamera(): Promise<void> {
  showProblem(null)
  try {
    await camera.start(facing)
    showOnStage('video')
    cameraButton.textContent = 'Stop the camera'
    turnButton.hidden = !(await camera.hasSeveral())
    await predictFrames()
  } catch (error) {
    stopCamera()
    showProblem(cameraProblem(error))
  }
}

async function predictFrames(): Promise<void> {
  const model = await loaded
  const { srcObject } = video
  while (camera.isOn && video.srcObject === srcObject) {
    await predict(decodeFrame(video, model))
    await camera.nextFrame()
  }
}

function stopCamera(): void {
  camera.stop()
  cameraButton.textContent = 'Use the camera'
  turnButton.hidden = true
  if (!video.hidden) showOnStage(null)
}

function takeFrom(transfer: DataTransfer | null): void {
  const file = [...(transfer?.files ?? [])][0]
  if (file) void predictFile(file)
}

cameraButton.addEventListener('click', () => (camera.isOn ? stopCamera() : void startCamera()))
turnButton.addEventListener('click', () => {
  facing = facing === 'user' ? 'environment' : 'user'
  void startCamera()
})
element<HTMLInputElement>('file').addEventListener('change', ({ target }) => {
  const input = target as HTMLInputElement
  if (input.files?.[0]) void predictFile(input.files[0])
  input.value = '' // the same file can be chosen again
})
document.addEventListener('paste', ({ clipboardData }) => takeFrom(clipboardData))
document.addEventListener('dragover', (event) => {
  event.preventDefault()
  element('stage').classList.add('over')
})
for (const name of ['dragleave', 'drop'] as const) {
  document.addEventListener(name, (event) => {
    event.preventDefault()
    element('stage').classList.remove('over')
    if (name === 'drop') takeFrom(event.dataTransfer)
  })
}

network.then(showReady, (error: Error) => showProblem(`The model can’t be loaded: ${error.message}`))

/** For the board's proof, and for pages that use this model: the probability of each class of an image file. */
Object.assign(window, {
  epochboard: { predict: async (file: Blob) => (await network).predict(await decodeFile(file, await loaded)) },
})
