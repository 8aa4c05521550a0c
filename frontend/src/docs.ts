import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js'
import 'swagger-ui-dist/swagger-ui.css'
import { storedTheme } from './lib/page/stored-theme'
import './styles/docs.css'

const systemTheme = matchMedia('(prefers-color-scheme: dark)')

/** Swagger UI has a dark theme of its own below the class `dark-mode`. */
function applyTheme(): void {
  const theme = storedTheme() ?? (systemTheme.matches ? 'dark' : 'light')
  document.documentElement.dataset.theme = theme
  document.documentElement.classList.toggle('dark-mode', theme === 'dark')
}

applyTheme()
systemTheme.addEventListener('change', applyTheme)
addEventListener('storage', applyTheme)
SwaggerUI({ url: '/api/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null })
