import type { Configuration, Setting } from '@ura/core/configuration'
import { httpUrl, integer, optional, secret, text } from '@ura/core/settings'

/** Settings of the driver `cloud-api`. */
export const cloudApiSettings = {
  cloudToken: optional(
    secret('WHATSAPP_CLOUD_TOKEN', { description: 'Token of the system user at Meta, for cloud-api' }),
  ),
  cloudAppSecret: optional(
    secret('WHATSAPP_CLOUD_APP_SECRET', {
      description: "The app's secret, which signs webhooks, for cloud-api",
    }),
  ),
  cloudVerifyToken: optional(
    secret('WHATSAPP_CLOUD_VERIFY_TOKEN', {
      description: 'Word of your own that Meta repeats when the webhook is set up, for cloud-api',
    }),
  ),
  cloudPhoneNumberId: optional(
    pattern('WHATSAPP_CLOUD_PHONE_NUMBER_ID', {
      description: "The phone number's id at Meta (not the number itself), for cloud-api",
      shape: /^\d{5,20}$/,
      words: 'must be the id of the phone number at Meta, 5 to 20 digits',
    }),
  ),
  cloudVersion: pattern('WHATSAPP_CLOUD_VERSION', {
    description: 'Version of the Graph API',
    default: 'v23.0',
    shape: /^v\d{1,3}\.\d$/,
    words: 'must be a version as v23.0',
  }),
  cloudGraphUrl: httpUrl('WHATSAPP_CLOUD_GRAPH_URL', {
    description: 'Address of the Graph API',
    default: 'https://graph.facebook.com',
  }),
  cloudCodeTemplate: templateName('WHATSAPP_CLOUD_CODE_TEMPLATE', {
    description: 'Name of the authentication template that carries access codes',
    default: 'access_code',
  }),
  cloudNoticeTemplate: optional(
    templateName('WHATSAPP_CLOUD_NOTICE_TEMPLATE', {
      description:
        'Name of the utility template, with one parameter, for texts to people who have not written within 24 h; unset: such texts fail',
    }),
  ),
  cloudTemplateLanguage: pattern('WHATSAPP_CLOUD_TEMPLATE_LANGUAGE', {
    description: 'Language of both templates',
    default: 'pt_BR',
    shape: /^[a-z]{2,3}(?:_[A-Z]{2})?$/,
    words: 'must be a language of Meta, as pt_BR',
  }),
  cloudTimeoutMs: integer('WHATSAPP_CLOUD_TIMEOUT_MS', {
    description: "Longest wait for the Graph API's answer, in ms; less than GATEWAY_SEND_TIMEOUT_MS",
    min: 100,
    max: 100_000,
    default: 10_000,
  }),
} as const

type CloudApiSettings = Configuration<typeof cloudApiSettings>

/** The settings once the driver is chosen: what it can't do without is there. */
export type CloudApiConfiguration = {
  readonly [K in keyof CloudApiSettings]: K extends 'cloudNoticeTemplate'
    ? CloudApiSettings[K]
    : Exclude<CloudApiSettings[K], undefined>
}

const required = {
  cloudToken: cloudApiSettings.cloudToken,
  cloudAppSecret: cloudApiSettings.cloudAppSecret,
  cloudVerifyToken: cloudApiSettings.cloudVerifyToken,
  cloudPhoneNumberId: cloudApiSettings.cloudPhoneNumberId,
} satisfies Partial<Record<keyof CloudApiSettings, Setting<unknown>>>

/** What keeps the driver `cloud-api` from working although each setting alone is right; each fault names its setting. */
export function cloudApiFaults(
  config: CloudApiSettings & { readonly driver: string; readonly sendTimeoutMs: number },
): string[] {
  if (config.driver !== 'cloud-api') {
    return []
  }
  const missing = Object.entries(required).flatMap(([name, { variable, description }]) =>
    config[name as keyof typeof required] === undefined
      ? [`${variable} is not set and WHATSAPP_DRIVER=cloud-api needs it: ${description}`]
      : [],
  )
  return config.cloudTimeoutMs < config.sendTimeoutMs
    ? missing
    : [...missing, 'WHATSAPP_CLOUD_TIMEOUT_MS must be less than GATEWAY_SEND_TIMEOUT_MS']
}

/**
 * The same settings for the driver, after `cloudApiFaults` found none.
 * @throws Error when one is missing all the same
 */
export function requireCloudApi(config: CloudApiSettings): CloudApiConfiguration {
  const { cloudToken, cloudAppSecret, cloudVerifyToken, cloudPhoneNumberId } = config
  if (
    cloudToken === undefined ||
    cloudAppSecret === undefined ||
    cloudVerifyToken === undefined ||
    cloudPhoneNumberId === undefined
  ) {
    throw new Error('The driver cloud-api is not configured.')
  }
  return { ...config, cloudToken, cloudAppSecret, cloudVerifyToken, cloudPhoneNumberId }
}

function templateName(variable: string, options: { description: string; default?: string }): Setting<string> {
  return pattern(variable, {
    ...options,
    shape: /^[a-z0-9_]{1,512}$/,
    words: "must be a template's name: small letters, digits and underscores",
  })
}

function pattern(
  variable: string,
  options: { description: string; default?: string; shape: RegExp; words: string },
): Setting<string> {
  return {
    ...text(variable, options),
    parse(value) {
      if (!options.shape.test(value)) {
        throw new Error(options.words)
      }
      return value
    },
  }
}
