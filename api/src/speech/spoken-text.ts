/** Digits in one breath: people hold three or four in mind. */
const digitsPerGroup = 3
const spokenCharactersMax = 200

/**
 * A number as it is dictated, digit by digit with a longer pause after each three: `1042` → `1, 0, 4, 2`,
 * `1042371` → `1, 0, 4; 2, 3, 7, 1`. A digit is never left alone in a group. What isn't a digit is left out.
 */
export function spokenDigits(number: string): string {
  const digits = number.replaceAll(/\D/g, '')
  const groups: string[] = []
  for (let from = 0; from < digits.length;) {
    const left = digits.length - from
    const size = left === digitsPerGroup + 1 ? left : digitsPerGroup
    groups.push(
      digits
        .slice(from, from + size)
        .split('')
        .join(', '),
    )
    from += size
  }
  return groups.join('; ')
}

/**
 * Text of others (a name, a service) made fit to be spoken: markup taken out, control and other unspeakable
 * characters turned into spaces, spaces joined, cut between words at `charactersMax` (200). May come out empty.
 */
export function cleanForSpeech(text: string, charactersMax = spokenCharactersMax): string {
  const clean = text
    // Bounded before the work is done: a name of a megabyte is no name.
    .slice(0, charactersMax * 4)
    .normalize('NFC')
    .replaceAll(/<\/?[\p{L}!?][^<>]*>/gu, ' ')
    .replaceAll(/[^\p{L}\p{M}\p{N}.,;:!?()%ºª/'’\s-]/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim()
  if (clean.length <= charactersMax) {
    return clean
  }
  const cut = clean.slice(0, charactersMax + 1)
  const lastSpace = cut.lastIndexOf(' ')
  return (lastSpace > 0 ? cut.slice(0, lastSpace) : clean.slice(0, charactersMax)).trim()
}

/**
 * A moment in words, as in "vinte e dois de novembro, às quatorze horas e trinta minutos", on the clock of
 * `timeZone` (an IANA name). With `now`, a moment of another year also tells the year.
 */
export function spokenDate(date: Date, timeZone: string, options: { now?: Date } = {}): string {
  const parts = datePartsOf(date, timeZone)
  const isOtherYear = options.now !== undefined && datePartsOf(options.now, timeZone).year !== parts.year
  const day = parts.day === 1 ? 'primeiro' : spokenNumber(parts.day, 'masculine')
  const year = isOtherYear ? ` de ${parts.year}` : ''
  return `${day} de ${parts.month}${year}, ${spokenTime(parts.hour, parts.minute)}`
}

interface DateParts {
  day: number
  month: string
  year: string
  hour: number
  minute: number
}

function datePartsOf(date: Date, timeZone: string): DateParts {
  const format = new Intl.DateTimeFormat('pt-BR', {
    timeZone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  })
  const parts = new Map(format.formatToParts(date).map(({ type, value }) => [type, value]))
  return {
    day: Number(parts.get('day')),
    month: parts.get('month') ?? '',
    year: parts.get('year') ?? '',
    hour: Number(parts.get('hour')),
    minute: Number(parts.get('minute')),
  }
}

function spokenTime(hour: number, minute: number): string {
  const minutes = minute === 0 ? '' : ` e ${spokenNumber(minute, 'masculine')}`
  if (hour === 0) {
    return `à meia-noite${minutes}`
  }
  if (hour === 12) {
    return `ao meio-dia${minutes}`
  }
  const hours = `${spokenNumber(hour, 'feminine')} ${hour === 1 ? 'hora' : 'horas'}`
  const unit = minute === 0 ? '' : minute === 1 ? ' minuto' : ' minutos'
  return `${hour === 1 ? 'à' : 'às'} ${hours}${minutes}${unit}`
}

const smallNumbers =
  'zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete dezoito dezenove'.split(
    ' ',
  )
const tens = ['', '', 'vinte', 'trinta', 'quarenta', 'cinquenta']

/** 0 to 59 in words; hours are feminine ("duas horas"), which a synthesizer can't know of a figure. */
function spokenNumber(number: number, gender: 'masculine' | 'feminine'): string {
  if (number < 20) {
    const word = smallNumbers[number] ?? String(number)
    return gender === 'feminine' ? (feminine.get(word) ?? word) : word
  }
  const unit = number % 10
  const ten = tens[Math.floor(number / 10)] ?? String(number)
  return unit === 0 ? ten : `${ten} e ${spokenNumber(unit, gender)}`
}

const feminine = new Map([
  ['um', 'uma'],
  ['dois', 'duas'],
])
