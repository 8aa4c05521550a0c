/** Plotly, a CommonJS file, as a module: so what turns the one into the other is loaded with Plotly, not before it. */

export { default } from 'plotly.js-basic-dist-min'
