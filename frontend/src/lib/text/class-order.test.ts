import { describe, expect, it } from 'vitest'
import { inNaturalOrder, isReordered, naturalOrder } from './class-order'

describe('natural order', () => {
  it('puts numbers in the order of their values', () => {
    expect(inNaturalOrder(['0', '1', '10', '11', '2'])).toEqual(['0', '1', '2', '10', '11'])
    expect(inNaturalOrder(['class 1', 'class 10', 'class 2', 'other'])).toEqual(['class 1', 'class 2', 'class 10', 'other'])
    expect(inNaturalOrder(['a1b10', 'a1b9', 'a2'])).toEqual(['a1b9', 'a1b10', 'a2'])
  })

  it('keeps the positions of the stored order', () => {
    expect(naturalOrder(['0', '10', '2'])).toEqual([0, 2, 1])
    expect(isReordered(['0', '10', '2'])).toBe(true)
  })

  it('leaves classes alone that are stored in an order of their own', () => {
    const fashion = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress 2', 'Dress 10']
    expect(inNaturalOrder(fashion)).toEqual(fashion)
    expect(isReordered(fashion)).toBe(false)
  })

  it('leaves a renamed class in its place', () => {
    expect(inNaturalOrder(['zero', '1', '10', '2'])).toEqual(['zero', '1', '2', '10'])
  })

  it('leaves names without numbers in the order of code points', () => {
    const names = ['Zebra', 'apple', 'é', '猫', '\u{1F431}']
    expect(inNaturalOrder(names)).toEqual(names)
  })

  it('is steady for equal values and empty lists', () => {
    expect(inNaturalOrder(['01', '1'])).toEqual(['1', '01'])
    expect(inNaturalOrder([])).toEqual([])
  })
})
