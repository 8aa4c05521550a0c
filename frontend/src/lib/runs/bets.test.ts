import { expect, test } from 'vitest'
import { betSentence, calibrationSentence, settledBets, shareRange } from './bets'
import type { Bet } from '../api/types'

const bet = (changes: Partial<Bet>): Bet => ({ run: 'r', name: 'run', status: 'finished', bet: 0.92, value: 0.914, noise: null, created_at: '', ...changes })

test.each([
  [bet({ value: null }), 'The result stands here when the run has ended'],
  [bet({}), 'the result is 91.4%, 0.6 points less. How much of it is chance'],
  [bet({ noise: 0.002 }), '± 0.2 points between seeds, less than the bet was off'],
  [bet({ value: 0.921, noise: 0.002 }), '0.1 points more. Runs of these settings differ by ± 0.2 points between seeds, so a bet could hardly be closer'],
  [bet({ value: 0.92 }), 'and that is the result'],
])('%o', (item, text) => {
  expect(betSentence(item)).toContain(text)
})

test('calibration is described in a sentence', () => {
  expect(calibrationSentence({ n: 12, bias: 0.008, mean_absolute_error: 0.014 })).toBe('On 12 bets you expected 0.8 points too much, and were off by 1.4 points on average.')
  expect(calibrationSentence({ n: 1, bias: -0.02, mean_absolute_error: 0.02 })).toContain('On 1 bet you expected 2.0 points too little')
  expect(calibrationSentence({ n: 0, bias: null, mean_absolute_error: null })).toContain('No bet is settled yet')
})

test('open bets are not drawn, and the axis holds all others', () => {
  expect(settledBets([bet({}), bet({ value: null })])).toHaveLength(1)
  expect(shareRange([0.62, 0.914])).toEqual([0.6, 1])
  expect(shareRange([0.5])).toEqual([0.4, 0.6])
})
