/** Addresses of what a browser opens or downloads by itself: files and documents of a run. */

const runPath = (id: string): string => `/api/runs/${encodeURIComponent(id)}`

export const artifactHref = (id: string, name: string): string => `${runPath(id)}/artifacts/${encodeURIComponent(name)}`
export const reportHref = (id: string): string => `${runPath(id)}/report.html`
export const modelCardHref = (id: string): string => `${runPath(id)}/model-card.md`
