/** What the example is made of: the catalogue as callers hear it. */
export interface ExampleCatalogue {
  /** The text that says the categories' keys. */
  menuText: string
  categories: readonly {
    /** Key of the category menu. */
    key: string
    name: string
    /** The text that says the services' keys. */
    menuText: string
    services: readonly { code: string; option: number; name: string }[]
  }[]
}

type Category = ExampleCatalogue['categories'][number]

/**
 * freepbx-dialplan/example-ivr.conf: menus of one's own ("way B") for a catalogue, one menu a category, one extension
 * a service, as a FreePBX administrator would make them of IVRs and Custom Destinations.
 *
 * @throws Error for a key or a service code that a dialplan can't hold
 */
export function exampleIvr(catalogue: ExampleCatalogue): string {
  requireSafe(catalogue)
  return [
    introduction(catalogue),
    categoryMenu(catalogue),
    ...catalogue.categories.map(serviceMenu),
    openTicket(catalogue.categories),
    ticketOpened,
  ].join('\n')
}

function requireSafe({ categories }: ExampleCatalogue): void {
  for (const { key, services } of categories) {
    if (!/^[1-68]$/.test(key)) throw new Error(`tecla de categoria inesperada: ${JSON.stringify(key)}`)
    for (const { code, option } of services) {
      if (!/^[a-z][a-z0-9-]{0,63}$/.test(code) || !/^[1-8]$/.test(String(option)))
        throw new Error(`serviço inesperado: ${JSON.stringify(code)}, opção ${option}`)
    }
  }
}

/** A text of the catalogue in a comment: of one line, and without `;`, which would begin another comment. */
function comment(text: string): string {
  return text.replaceAll(/[\s;]+/g, ' ').trim()
}

/** The recording of a menu, as FreePBX keeps a System Recording. */
function recordingOf(menu: 'categorias' | Category): string {
  return menu === 'categorias' ? 'custom/ura-categorias' : `custom/ura-categoria-${menu.key}`
}

function introduction({ menuText, categories }: ExampleCatalogue): string {
  const recordings = [
    `;   ${recordingOf('categorias')}: "${comment(menuText)}"`,
    ...categories.map((category) => `;   ${recordingOf(category)}: "${comment(category.menuText)}"`),
  ]
  const services = categories.flatMap((category) =>
    category.services.map(({ code, name }) => {
      return `;   ura-example-open,${code},1   (${comment(category.name)}: ${comment(name)})`
    }),
  )
  return `; URA Chamados: EXEMPLO de menus próprios (modo B), segunda parte: um menu por categoria do catálogo.
; Gerado do catálogo por "npm run dialplan:example"; do catálogo em uso: "npm run -s dialplan:example -- --live".
; A primeira parte, com a identificação de quem liga, é example-call.conf. Copie os dois e mude à vontade.
;
; O que dizem os menus é gravação sua (no FreePBX: Admin, System Recordings). Sem ela, ouve-se a frase geral do pacote de
; áudios. Textos:
${recordings.join('\n')}
;
; Pela interface do FreePBX, em vez dos contextos [ura-example-categories] e [ura-example-category-…]:
;   1. Custom Destinations, um por serviço, sem Return:
${services.join('\n')}
;   2. IVRs, um por categoria: anúncio = a gravação dela; teclas = os Custom Destinations dos serviços.
;   3. IVR "categorias": anúncio = ${recordingOf('categorias')}; teclas = os IVRs das categorias.
;   4. Em example-call.conf, a tecla 1 de [ura-example-confirm] vai ao IVR "categorias": Goto(ivr-NÚMERO,s,1).
`
}

const menuEnd = `exten => *,1,Goto(ura-example,s,1)
exten => i,1,Playback(ura/invalid-option)
 same => n,Goto(s,again)
exten => t,1,Playback(ura/no-input)
 same => n,Goto(s,again)
`

/** The beginning of a menu: the recording of its own, or the general sentence where there is none. */
function menuBegin(recording: string, instead: string): string {
  return `include => ura-example-guards
exten => s,1,Set(URA_EXAMPLE_TRIES=0)
 same => n(again),GotoIf($[\${URA_EXAMPLE_TRIES} >= 3]?ura-example-give-up,s,1)
 same => n,Set(URA_EXAMPLE_TRIES=$[\${URA_EXAMPLE_TRIES} + 1])
 same => n,Background(${recording})
 same => n,GotoIf($["\${BACKGROUNDSTATUS}" != "FAILED"]?wait)
 same => n,Background(${instead})
 same => n(wait),WaitExten(7)
`
}

function categoryMenu({ categories }: ExampleCatalogue): string {
  const keys = categories.map(({ key, name }) => {
    return `; ${comment(name)}\nexten => ${key},1,Goto(ura-example-category-${key},s,1)\n`
  })
  return `[ura-example-categories]
; Purpose: the category of the ticket. Who may enter: ura-example-confirm, the menus below.
${menuBegin(recordingOf('categorias'), 'ura/category-menu')}${keys.join('')}exten => 7,1,Goto(s,again)
${menuEnd}`
}

function serviceMenu(category: Category): string {
  const keys = category.services.map(({ code, option, name }) => {
    return `; ${comment(name)}\nexten => ${option},1,Goto(ura-example-open,${code},1)\n`
  })
  return `[ura-example-category-${category.key}]
; Purpose: the services of "${comment(category.name)}". Who may enter: ura-example-categories.
${menuBegin(recordingOf(category), 'ura/service-menu')}${keys.join('')}exten => 9,1,Goto(s,again)
${menuEnd.replace('ura-example,s,1', 'ura-example-categories,s,1')}`
}

function openTicket(categories: readonly Category[]): string {
  const services = categories.flatMap(({ services: ofCategory }) =>
    ofCategory.map(({ code }) => {
      return `exten => ${code},1,Gosub(ura-step-open-ticket,s,1(\${cod_user},${code}))\n same => n,Goto(ura-example-opened,s,1)\n`
    }),
  )
  return `[ura-example-open]
; Purpose: opens a ticket, one extension a service. Who may enter: the menus above, FreePBX by Custom Destinations.
include => ura-example-guards
${services.join('')}`
}

const ticketOpened = `[ura-example-opened]
; Purpose: says what became of the ticket. Who may enter: ura-example-open.
include => ura-example-guards
exten => s,1,GotoIf($["\${URA_RESULT}" = "ok"]?opened)
 same => n,GotoIf($["\${URA_RESULT}" = "not_identified"]?ura-example-identify,s,1)
 same => n,GotoIf($["\${URA_RESULT}" != "unknown_service"]?ura-example-unavailable,s,1)
 same => n,Playback(ura/invalid-option)
 same => n,Goto(ura-example-categories,s,1)
 same => n(opened),Playback(ura/ticket-opened)
 same => n,Gosub(ura-step-play,s,1)
 same => n,Gosub(ura-step-play,s,1)
 same => n,Background(ura/after-ticket)
 same => n,WaitExten(7)
exten => 1,1,Goto(ura-example-categories,s,1)
exten => 9,1,Goto(s,opened)
exten => i,1,Goto(ura-example-goodbye,s,1)
exten => t,1,Goto(ura-example-goodbye,s,1)
`
