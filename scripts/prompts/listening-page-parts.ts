/** The page's style, at home in light and dark. */
export const pageStyle = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 52rem; margin: 0 auto; padding: 1rem }
h1, h2 { line-height: 1.2 }
ol { list-style: none; padding: 0 }
ol li { border: 1px solid GrayText; border-radius: .5rem; padding: .5rem .75rem; margin: .5rem 0 }
ol li.playing { outline: 3px solid Highlight }
ol li p { margin: .25rem 0 }
.text { font-size: 1.1rem }
.figures { font-variant-numeric: tabular-nums }
audio { width: 100% }
button { font: inherit; padding: .4rem .8rem; margin: 0 .5rem .5rem 0 }
nav ul { columns: 2 }
`

/** All that the page does by itself: one sound at a time, and a stretch of them one after another. */
export const pageScript = `
const all = [...document.querySelectorAll('audio')]
const status = document.querySelector('[role=status]')
let queue = []
const itemOf = (audio) => audio.closest('li')
function next() {
  const audio = queue[0]
  if (!audio) { status.textContent = ''; return }
  audio.currentTime = 0
  itemOf(audio).scrollIntoView({ block: 'nearest' })
  audio.play().catch(stop)
}
function stop() {
  queue = []
  for (const audio of all) audio.pause()
  status.textContent = ''
}
for (const audio of all) {
  audio.addEventListener('play', () => {
    if (queue[0] !== audio) queue = []
    for (const other of all) if (other !== audio) other.pause()
    itemOf(audio).classList.add('playing')
    if (queue.length > 0) status.textContent = 'Tocando ' + itemOf(audio).id
  })
  audio.addEventListener('pause', () => itemOf(audio).classList.remove('playing'))
  audio.addEventListener('ended', () => {
    itemOf(audio).classList.remove('playing')
    if (queue[0] === audio) { queue.shift(); next() }
  })
}
for (const button of document.querySelectorAll('button')) {
  button.hidden = false
  button.addEventListener('click', () => {
    stop()
    const scope = document.getElementById(button.dataset.play ?? '')
    if (scope) { queue = [...scope.querySelectorAll('audio')]; next() }
  })
}
`
