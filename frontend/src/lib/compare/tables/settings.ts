/** The table of settings: one row for each setting, its values in the order of the runs. */

import { valueText } from '../../spec/differences'
import { fieldTitle } from '../../spec/field-title'
import type { Comparison, Json } from '../../api/types'

export interface SettingValue {
  text: string
  isDefault: boolean
  isAbsent: boolean
}

export interface Setting {
  path: string
  title: string
  values: SettingValue[]
  /** False for a setting that all runs share. */
  differs: boolean
}

/** Returns the settings that differ; with `all` also those that the runs share. */
export function settingRows({ runs, differences, common }: Comparison, all: boolean): Setting[] {
  const different = differences.map(({ path, values, defaults }) => ({
    path,
    title: fieldTitle(path),
    values: values.map((value, at) => settingValue(path, value, defaults[at] ?? false)),
    differs: true,
  }))
  const shared = Object.entries(common).map(([path, value]) => ({
    path,
    title: fieldTitle(path),
    values: runs.map(() => settingValue(path, value, false)),
    differs: false,
  }))
  return all ? [...different, ...shared] : different
}

function settingValue(path: string, value: Json, isDefault: boolean): SettingValue {
  if (value === null) return { text: 'not set', isDefault: false, isAbsent: true }
  return { text: valueText(path, value), isDefault, isAbsent: false }
}

/** "4 of 47 differ" */
export const settingCount = ({ differences, common }: Comparison): string =>
  `${differences.length} of ${differences.length + Object.keys(common).length} differ`
