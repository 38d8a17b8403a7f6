import { promptIds } from '@ura/agi/prompts/ids'
import { describe, expect, it } from 'vitest'
import { callSteps, exampleTexts } from './call-order.ts'

describe('the order of a call', () => {
  it('has every prompt and every example once, and nothing else', () => {
    const sounds = callSteps.flatMap((step) => step.sounds)
    expect(sounds.toSorted()).toEqual([...promptIds, ...Object.keys(exampleTexts)].toSorted())
  })

  it('names its steps once each', () => {
    expect(new Set(callSteps.map(({ id }) => id)).size).toBe(callSteps.length)
    expect(callSteps.every(({ id }) => /^[a-z-]+$/.test(id))).toBe(true)
  })

  it('shows what the API would speak', () => {
    expect(exampleTexts).toMatchObject({
      'exemplo-protocolo': '1, 0, 4; 2, 3, 7, 1',
      'exemplo-retorno': 'O atendimento volta amanhã, cinco de março, às oito horas.',
      'exemplo-situacao':
        'Chamado 1, 0, 4; 2, 3, 7, 1. Serviço: Instalação de software. ' +
        'Situação: em atendimento, desde três de março, às quatorze horas e trinta minutos.',
    })
    expect(exampleTexts['exemplo-servicos-5']).toMatch(/^Reserva de projetor, tecle 1\. Para ouvir/)
  })
})
