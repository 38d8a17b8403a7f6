/** A link inside the pages: what it says, and the anchor it leads to. */
export interface InnerLink {
  text: string
  /** The page it leads to; '' for the one it is on. */
  page: string
  anchor: string
}

/** The links of a page that lead to an anchor of this or another page. */
export function innerLinks(markdown: string): InnerLink[] {
  const links = markdown.matchAll(/\[((?:\\.|[^\]\\])+)\]\(([\w.-]*)#([^)]+)\)/g)
  return [...links].map((match) => ({
    text: plainText(match[1] ?? ''),
    page: match[2] ?? '',
    anchor: match[3] ?? '',
  }))
}

/** The symbol that each anchor (`<a id>`) of a page stands at: the next heading, or the name in a table's cell. */
export function anchorsOf(markdown: string): Map<string, string> {
  const anchors = markdown.matchAll(/<a id="([^"]+)"><\/a>(?:\s+#+ (.+)| `([^`]+)`)/g)
  return new Map(
    [...anchors].map(([, id = '', heading, cell]) => [id, symbolName(plainText(heading ?? cell ?? ''))]),
  )
}

/** Names have marks around them: `abstract` before a class, `()` after a function, `?` after an optional property. */
function symbolName(text: string): string {
  return text.replace(/^abstract /, '').replace(/(\(\)|\?)$/, '')
}

function plainText(markdown: string): string {
  return markdown.replaceAll(/[`\\]/g, '')
}
