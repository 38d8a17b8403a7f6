import { maskSecret } from './secret.ts'

/** One environment variable: how it is read, what it means, what it is when absent. */
export interface Setting<T> {
  readonly variable: string
  readonly description: string
  /** Secrets are masked when shown and never have a default. */
  readonly secret: boolean
  /** What the variable is taken for when unset or empty; undefined = it must be set. */
  readonly defaultText: string | undefined
  /** @throws Error whose message completes "VARIABLE: …". */
  parse(text: string): T
}

export type Settings = Readonly<Record<string, Setting<unknown>>>
export type Configuration<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never
}
export type Environment = Readonly<Record<string, string | undefined>>

/** All faults of a configuration in one message, one line each. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    )
    this.faults = faults
  }
}

/**
 * Reads every setting from the environment, once, into a frozen object.
 * @param faultsTogether What is wrong between settings that are right each by itself, one line a variable.
 * @throws ConfigurationError naming every variable at fault, never its value when it is a secret.
 */
export function readConfiguration<S extends Settings>(
  settings: S,
  environment: Environment,
  faultsTogether: (config: Configuration<S>) => readonly string[] = () => [],
): Configuration<S> {
  const faults: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(settings)) {
    const fault = faultOf(setting, environment)
    if (fault === null) {
      values[name] = setting.parse(given(setting, environment) ?? setting.defaultText ?? '')
    } else {
      faults.push(fault)
    }
  }
  const config = Object.freeze(values) as Configuration<S>
  if (faults.length === 0) {
    faults.push(...faultsTogether(config))
  }
  if (faults.length > 0) {
    throw new ConfigurationError(faults)
  }
  return config
}

/** One line of `npm run config:show`. */
export interface DescribedSetting {
  variable: string
  /** In force; secrets masked. */
  value: string
  origin: 'environment' | 'default' | 'missing'
  description: string
  /** Why a service would not start with it; null when it is right. */
  fault: string | null
}

/** Every setting with its value in force, where that comes from, and what is wrong with it. */
export function describeConfiguration(settings: Settings, environment: Environment): DescribedSetting[] {
  return Object.values(settings).map((setting) => {
    const text = given(setting, environment)
    const shown = text ?? setting.defaultText ?? ''
    return {
      variable: setting.variable,
      value: setting.secret ? maskSecret(shown) : shown,
      origin:
        text === undefined ? (setting.defaultText === undefined ? 'missing' : 'default') : 'environment',
      description: setting.description,
      fault: faultOf(setting, environment),
    }
  })
}

function faultOf(setting: Setting<unknown>, environment: Environment): string | null {
  const text = given(setting, environment) ?? setting.defaultText
  if (text === undefined) {
    return `${setting.variable} is not set: ${setting.description}`
  }
  try {
    setting.parse(text)
    return null
  } catch (error) {
    const shown = setting.secret ? '' : ` (it is ${JSON.stringify(text.slice(0, 80))})`
    return `${setting.variable} ${(error as Error).message}${shown}`
  }
}

function given(setting: Setting<unknown>, environment: Environment): string | undefined {
  const text = environment[setting.variable]?.trim()
  return text === '' ? undefined : text
}
