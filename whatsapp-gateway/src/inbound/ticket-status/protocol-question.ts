const textMax = 200

/** Behind the folding, "Chamado nº 100-17?" is one of these; digits may come in groups, as they are spoken. */
const questionPattern =
  /^(?:(?:status|situacao|andamento|consultar|ver) (?:do |de |o )?)?(?:meu )?(?:chamado|protocolo)? ?(?:numero|nro|num|no|n)?[ :#º°.,-]*(\d[\d .-]{0,30}?)[ .!?]*$/

/**
 * The protocol number that a text asks about: `chamado 10017`, `Protocolo: 100 17`, `10017`; null when it is no such
 * question. Case, accents and spaces don't count.
 */
export function protocolAskedFor(text: string): string | null {
  if (text.length > textMax) {
    return null
  }
  const folded = text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()
  const digits = questionPattern.exec(folded)?.[1]?.replace(/\D/g, '') ?? ''
  return digits.length >= 1 && digits.length <= 18 ? digits : null
}
