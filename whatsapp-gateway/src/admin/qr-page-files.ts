/** The page's style: readable in light and dark, with a visible focus. */
export const qrPageStyle = `:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 40rem; margin: 0 auto; padding: 1.5rem; }
#state { font-size: 1.25rem; font-weight: bold; }
#contact:empty { display: none; }
img { display: block; padding: 1rem; background: #fff; image-rendering: pixelated; max-width: 100%; height: auto; }
button, summary { font: inherit; padding: 0.5rem 1rem; cursor: pointer; }
:focus-visible { outline: 3px solid; outline-offset: 2px; }
`

/**
 * The page's script: asks for the page again every 3 s and exchanges the parts that have changed. The focus stays where
 * it was; when its button is gone, it goes to the title, so that a keyboard doesn't start from nowhere.
 */
export const qrPageScript = `const parts = ['state', 'qr', 'actions']
const shown = new Map(parts.map((id) => [id, document.getElementById(id).innerHTML]))

function update(fresh) {
  for (const id of parts) {
    const part = document.getElementById(id)
    const html = fresh.getElementById(id)?.innerHTML
    if (html === undefined || html === shown.get(id)) continue
    shown.set(id, html)
    const focused = part.contains(document.activeElement) ? document.activeElement.id : null
    part.innerHTML = html
    if (focused !== null) (document.getElementById(focused) ?? document.getElementById('title')).focus()
  }
}

async function refresh() {
  let trouble = ''
  try {
    const answer = await fetch('/admin/qr', { cache: 'no-store', signal: AbortSignal.timeout(10000) })
    if (!answer.ok) throw new Error(String(answer.status))
    update(new DOMParser().parseFromString(await answer.text(), 'text/html'))
  } catch {
    trouble = 'O gateway não responde. O que se vê aqui pode ter mudado.'
  }
  const contact = document.getElementById('contact')
  if (contact.textContent !== trouble) contact.textContent = trouble
  setTimeout(refresh, 3000)
}
setTimeout(refresh, 3000)
`
