import { type Availability, ensureDebianPart } from './debian-part.ts'
import type { Report } from './run.ts'

/** Makes sure of PHP 8.2 with the extensions that FreePBX 17 asks for and our module uses, as Debian 12 has it. */
export function ensurePhp(report?: Report): Promise<Availability> {
  const packages = [
    'php8.2-cli',
    // SimpleXML, with which FreePBX reads module.xml.
    'php8.2-xml',
    'php8.2-mbstring',
    // msgfmt, with which translations are compiled for the comparison.
    'gettext',
  ]
  return ensureDebianPart({ name: 'php', suite: 'bookworm', packages }, report)
}

/** The extensions that FreePBX 17 installs (FreePBX/sng_freepbx_debian_install, sng_freepbx_debian_install.sh, b023b84). */
const freepbxExtensions = 'bcmath bz2 curl gd intl ldap mbstring mysql redis soap sqlite3 ssh2 xml zip'.split(
  ' ',
)

/**
 * Makes sure of PHP in the root that Asterisk is in, so that Asterisk can start it as process AGI, with the extensions
 * that it has on a PBX, each of which every process loads (8.4 seen, where FreePBX has 8.2).
 */
export function ensureProcessAgiPhp(report?: Report): Promise<Availability> {
  const packages = ['php-cli', ...freepbxExtensions.map((extension) => `php-${extension}`)]
  return ensureDebianPart({ name: 'php', suite: 'sid', packages }, report)
}
