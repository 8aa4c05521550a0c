/** Writes the page. Names of classes come from users: they are set as text, never as HTML. */

import type { Answer, Row } from './answer'
import { percent } from './answer'
import type { Model } from './model'
import type { Pixels } from './decoding/pixels'

export const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E

const DEEP = 'Its training images have more than 8 bits a channel. A browser reads 8, so such images may be predicted differently here.'

export function showModel(model: Model): void {
  const { name, classes, facts, preprocessing } = model
  document.title = name
  element('name').textContent = name
  element('summary').textContent = `Tells ${classes.length} classes apart. Runs in this browser: images stay on this device.`
  element('facts').replaceChildren(...facts.map(({ label, value }) => group(label, value)))
  element('notice').textContent = preprocessing.value_range ? DEEP : ''
  element('stage').dataset.fit = preprocessing.fit
}

function group(label: string, value: string): HTMLElement {
  const box = document.createElement('div')
  box.append(withText('dt', label), withText('dd', value))
  return box
}

function withText(tag: string, text: string, className = ''): HTMLElement {
  const node = document.createElement(tag)
  node.textContent = text
  node.className = className
  return node
}

export function showReady(): void {
  showHeadline('Nothing to predict yet', 'Show it something.', true)
  for (const id of ['camera', 'file']) element<HTMLButtonElement>(id).disabled = false
}

/** Shows the prediction of an image. The bars stay in the page and only change, so that their motion is seen. */
export function showAnswer({ headline, detail, isSure, rows }: Answer): void {
  showHeadline(headline, detail, isSure)
  const list = element('classes')
  while (list.childElementCount < rows.length) list.append(bar())
  rows.forEach((row, index) => setBar(list.children[index]!, row))
}

function showHeadline(headline: string, detail: string, isSure: boolean): void {
  element('headline').textContent = headline
  element('headline').classList.toggle('unsure', !isSure)
  element('detail').textContent = detail
}

function bar(): HTMLElement {
  const item = document.createElement('li')
  const track = withText('div', '', 'track')
  track.append(withText('div', '', 'fill'))
  item.append(withText('span', '', 'label'), withText('span', '', 'num'), track)
  item.firstElementChild!.setAttribute('dir', 'auto')
  return item
}

function setBar(item: Element, { name, probability, isFirst }: Row): void {
  const [label, number, track] = item.children as unknown as [HTMLElement, HTMLElement, HTMLElement]
  item.classList.toggle('first', isFirst)
  label.textContent = label.title = name
  number.textContent = percent(probability)
  ;(track.firstElementChild as HTMLElement).style.width = percent(probability)
}

/** Shows the pixels that the network got, and how long it took. */
export function showInput({ width, height, channels, data }: Pixels, milliseconds: number): void {
  const canvas = element<HTMLCanvasElement>('input')
  const image = new ImageData(width, height)
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let color = 0; color < 3; color++) image.data[pixel * 4 + color] = data[pixel * channels + (channels === 3 ? color : 0)]!
    image.data[pixel * 4 + 3] = 255
  }
  canvas.width = width
  canvas.height = height
  canvas.getContext('2d')!.putImageData(image, 0, 0)
  element('input-text').textContent = `What the network gets: ${width} × ${height} pixels. Predicted in ${Math.max(1, Math.round(milliseconds))} ms.`
  element('seen').hidden = false
}

export function showProblem(problem: string | null): void {
  element('problem').textContent = problem
  element('problem').hidden = problem === null
}

/** Shows the camera or the photo on the stage, or neither. */
export function showOnStage(what: 'video' | 'photo' | null): void {
  for (const id of ['video', 'photo'] as const) element(id).hidden = id !== what
  element('hint').hidden = what !== null
  element('stage').classList.toggle('filled', what !== null)
  // A screen reader would read a new answer ten times a second.
  element('answer').setAttribute('aria-live', what === 'video' ? 'off' : 'polite')
}
