/**
 * A results file with the section of one benchmark replaced, or added at its end.
 *
 * @param text The file: a title, then one `## NAME` section for each benchmark.
 */
export function withSection(text: string, name: string, section: string): string {
  const [title = '', ...sections] = text.split(/^(?=## )/m)
  const replacement = `## ${name}\n\n${section.trim()}\n`
  const isOfName = (one: string): boolean => one.split('\n', 1)[0] === `## ${name}`
  const kept = sections.some(isOfName)
    ? sections.map((one) => (isOfName(one) ? replacement : one))
    : [...sections, replacement]
  return `${[title, ...kept].map((one) => one.trimEnd()).join('\n\n')}\n`
}
