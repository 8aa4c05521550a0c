/** Lays the lineage of runs out as indented lines: each run below the run that it came from. */

import { valueText } from '../spec/differences'
import { fieldTitle } from '../spec/field-title'
import { listed, plural } from '../text/format'
import type { Json, Lineage } from '../api/types'

type Node = Lineage['nodes'][number]
type Edge = Lineage['edges'][number]

export interface LineageLine {
  node: Node
  /** Distance from the first ancestor. */
  depth: number
  /** How it came from the run above it, and what was changed; empty for a run without origin. */
  origin: string
  /** Further origins, and when it was resumed. */
  notes: string[]
}

/** Switching a part on changes all of its settings; more than these are counted. */
const MAX_CHANGES = 4

/** Runs without any relation are left out. */
export function lineageLines(lineage: Lineage): LineageLine[] {
  const { nodes, edges } = lineage
  const parents = parentEdges(edges)
  const related = new Set(edges.flatMap(({ from, to }) => [from, to]))
  const visited = new Set<string>()

  function below(node: Node, depth: number): LineageLine[] {
    if (visited.has(node.id)) return []
    visited.add(node.id)
    const parent = parents.get(node.id)
    const children = nodes.filter((child) => parents.get(child.id)?.from === node.id)
    const line = { node, depth, origin: parent ? originText(parent) : '', notes: notesOf(node, lineage, parent) }
    return [line, ...children.flatMap((child) => below(child, depth + 1))]
  }

  return nodes.filter((node) => related.has(node.id) && !parents.has(node.id)).flatMap((root) => below(root, 0))
}

/** The first origin of each run, by its id. An edge from a run to itself is a resume. */
function parentEdges(edges: Edge[]): Map<string, Edge> {
  const parents = new Map<string, Edge>()
  for (const edge of edges) if (edge.from !== edge.to && !parents.has(edge.to)) parents.set(edge.to, edge)
  return parents
}

function notesOf({ id }: Node, { nodes, edges }: Lineage, parent: Edge | undefined): string[] {
  const resumes = edges.filter((edge) => edge.kind === 'resumed' && edge.to === id)
  const others = edges.filter((edge) => edge.from !== edge.to && edge.to === id && edge !== parent)
  return [
    ...others.map((edge) => `${VERBS[edge.kind]} of ${nodes.find((node) => node.id === edge.from)?.name ?? 'a deleted run'}`),
    ...(resumes.length ? [`resumed after epoch ${listed(resumes.map(({ epoch }) => String(epoch ?? '?')))}`] : []),
  ]
}

const VERBS: Record<Edge['kind'], string> = { cloned: 'a copy', initialised: 'started with the weights', resumed: 'resumed' }

/** "a copy with flatten dropout 0 → 0.3 and epochs 15 → 30" */
function originText({ kind, changes }: Edge): string {
  const verb = kind === 'cloned' ? 'copied' : 'started with its weights'
  const texts = Object.entries(changes).map(([path, [before, after]]) => changeText(path, before, after))
  const surplus = texts.length - MAX_CHANGES
  const parts = surplus > 1 ? [...texts.slice(0, MAX_CHANGES), plural(surplus, 'further setting')] : texts
  return texts.length ? `${verb} with ${listed(parts)}` : `${verb} without changes`
}

function changeText(path: string, before: Json, after: Json): string {
  const text = (value: Json): string => (value === null ? 'not set' : valueText(path, value))
  return `${fieldTitle(path).toLowerCase()} ${text(before)} → ${text(after)}`
}
