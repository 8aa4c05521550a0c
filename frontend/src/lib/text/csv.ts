/** Writes a table as CSV, for programs and spreadsheets. */

export type Cell = string | number | null

/** Rows end with CR LF (RFC 4180); null is an empty cell. */
export function csv(rows: Cell[][]): string {
  const text = rows.map((cells) => cells.map(csvCell).join(',')).join('\r\n') + '\r\n'
  return isAscii(text) ? text : `${UTF8_MARK}${text}`
}

/** Where a spreadsheet would see a formula: where a cell begins, which in some countries is after a semicolon or a tab. */
const FORMULA = /(^|[;\t\r\n])(?=[=+\-@\t\r＝＋－＠])/g

function csvCell(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell)
  const safe = cell.replace(FORMULA, "$1'")
  return /[",;\t\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Spreadsheets read a file without this mark in an old Windows encoding. */
const UTF8_MARK = '\uFEFF'

const isAscii = (text: string): boolean => [...text].every((letter) => letter.codePointAt(0)! < 128)
