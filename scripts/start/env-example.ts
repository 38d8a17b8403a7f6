import type { Settings } from '@ura/core/configuration'

/** The lines of `.env.example` for services that share variables: each variable once, defaults shown, secrets empty. */
export function envExample(services: Readonly<Record<string, Settings>>): string {
  const seen = new Set<string>()
  const sections = Object.entries(services).map(([name, settings]) => {
    const lines = Object.values(settings).flatMap(({ variable, description, secret, defaultText = '' }) => {
      if (seen.has(variable)) {
        return []
      }
      seen.add(variable)
      return [
        `# ${description}`,
        mustBeSet(variable, services) ? `${variable}=` : `#${variable}=${secret ? '' : defaultText}`,
      ]
    })
    return [`## ${name}`, ...lines].join('\n')
  })
  return `# Every variable of the services. What is commented out shows its default; what is not must be set when a service
# runs alone (npm start makes these secrets itself). See also: npm run config:show

${sections.join('\n\n')}
`
}

/** Whether some service doesn't start without it. */
function mustBeSet(variable: string, services: Readonly<Record<string, Settings>>): boolean {
  return Object.values(services)
    .flatMap((settings) => Object.values(settings))
    .some((setting) => setting.variable === variable && setting.defaultText === undefined)
}
