import { isDtmfKey } from 'asterisk-agi'
import { HelpdeskError } from '@ura/core/errors'
import type { AnnouncementsAnswer, AnnouncementSpeechAnswer } from '@ura/core/ticket-api/schemas'
import type { Call } from '../call/call.ts'
import { askMenu, type Menu } from '../call/question.ts'
import { prompt, type Sound, speech } from '../call/sound.ts'
import type { Step, StepName } from './step.ts'

type Listed = AnnouncementsAnswer['informacoes'][number]

/** Announcements for anybody: each by its key, 9 hears the menu again, `*` goes back to the main menu. */
export const information: Step = async (call) => {
  const { informacoes, versao } = await call.line.waitFor(call.ticketApi.announcements(call.signal))
  if (informacoes.length === 0) {
    await call.line.say(prompt('information-unavailable'))
    return 'main-menu'
  }
  const choices: Menu<Listed | 'back'>['choices'] = { '*': 'back' }
  for (const listed of informacoes) {
    if (isDtmfKey(listed.tecla)) {
      choices[listed.tecla] = listed
    }
  }
  const menu = await speechOf(call, null)
  const choice = await askMenu(call, {
    sounds: speech(call, `information-menu-${versao}`, menu?.url ?? null, [prompt('information-menu')]),
    choices,
    hearAgain: '9',
  })
  if (choice === null) {
    await call.line.say(prompt('too-many-tries'))
    return 'give-up'
  }
  return choice === 'back' ? 'main-menu' : hear(call, choice)
}

/** One announcement: 9 says it again, `*` goes back to their menu, 0 to the main menu; silence is the end. */
async function hear(call: Call, { id }: Listed): Promise<StepName> {
  const spoken = await speechOf(call, id)
  const unavailable = prompt('information-unavailable')
  const sounds: Sound[] =
    spoken === null ? [unavailable] : speech(call, `information-${id}`, spoken.url, [unavailable])
  for (;;) {
    await call.line.say(...sounds)
    const choice = await askMenu<StepName | 'again'>(call, {
      sounds: [prompt('after-information')],
      choices: { 9: 'again', '*': 'information', 0: 'main-menu' },
    })
    if (choice !== 'again') {
      return choice ?? 'goodbye'
    }
  }
}

/** Null for an announcement that was taken away while the caller listened to the menu. */
async function speechOf(call: Call, id: number | null): Promise<AnnouncementSpeechAnswer | null> {
  try {
    return await call.line.waitFor(call.ticketApi.announcementSpeech(id, call.signal))
  } catch (error) {
    if (error instanceof HelpdeskError && error.code === 'INFORMACAO_NAO_ENCONTRADA') {
      return null
    }
    throw error
  }
}
