declare module 'plotly.js-basic-dist-min' {
  import * as Plotly from 'plotly.js'
  export = Plotly
}

declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface Options {
    url: string
    dom_id: string
    deepLinking: boolean
    validatorUrl: null
  }
  export default function SwaggerUI(options: Options): void
}
