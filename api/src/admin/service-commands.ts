import { isUniqueViolation } from '@ura/core/database/database-errors'
import { addService, changeService, serviceOptionMax } from '../catalogue/catalogue-administration.ts'
import {
  type CatalogueUnderChange,
  changeCatalogue,
  parseName,
  requireCategory,
  requireService,
} from './catalogue-change.ts'
import {
  type AdminContext,
  type CommandInput,
  type CommandOutcome,
  type Commands,
  integerOption,
  RefusedError,
  requireConfirmation,
  UsageError,
  yesOption,
} from './command.ts'

const nameOption = { value: 'NOME', summary: 'Nome, como é falado' }
const optionOption = { value: 'N', summary: `Opção no menu da categoria, de 1 a ${serviceOptionMax}` }
const optionRange = { min: 1, max: serviceOptionMax, default: 0 }

export const serviceCommands: Commands = {
  'services add': {
    usage: 'services add CÓDIGO --category TECLA --option N --name NOME',
    summary: 'Inclui um serviço numa categoria; a próxima ligação já o ouve',
    positionals: { min: 1, max: 1 },
    options: {
      category: { value: 'TECLA', summary: 'Tecla da categoria' },
      option: optionOption,
      name: nameOption,
    },
    run: add,
  },
  'services change': {
    usage: 'services change CÓDIGO',
    summary: 'Muda o nome, a opção ou a categoria de um serviço; o código é para sempre',
    positionals: { min: 1, max: 1 },
    options: {
      name: nameOption,
      option: optionOption,
      swap: { summary: 'Troca de opção com o serviço que a tem' },
      category: { value: 'TECLA', summary: 'Leva o serviço para outra categoria' },
    },
    run: change,
  },
  'services on': {
    usage: 'services on CÓDIGO',
    summary: 'Volta a oferecer um serviço',
    positionals: { min: 1, max: 1 },
    run: (context, input) => switchTo(context, input, true),
  },
  'services off': {
    usage: 'services off CÓDIGO',
    summary: 'Deixa de oferecer um serviço, que guarda a sua opção',
    positionals: { min: 1, max: 1 },
    run: (context, input) => switchTo(context, input, false),
  },
  'services retire': {
    usage: 'services retire CÓDIGO',
    summary: 'Aposenta um serviço; a opção fica livre, os chamados continuam com ele',
    positionals: { min: 1, max: 1 },
    options: yesOption,
    async run(context, input) {
      const [code = ''] = input.positionals
      await requireConfirmation(context, input, `Aposentar o serviço "${code}" para sempre?`)
      return await changeCatalogue(context, { change: 'service_retired', code }, async (catalogue) => {
        const { id, name } = requireService(catalogue, code)
        await changeService(catalogue.trx, id, { retiredAt: catalogue.now })
        return `Serviço "${name}" aposentado.`
      })
    },
  },
}

async function add(context: AdminContext, input: CommandInput): Promise<CommandOutcome> {
  const [code = ''] = input.positionals
  // No digit in front: "2-3" is the keypad's way to name a service.
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(code)) {
    throw new UsageError(
      'O código tem de 1 a 64 letras minúsculas sem acento, dígitos e hífens; começa por letra.',
    )
  }
  const key = input.value('category')
  const option = integerOption(input, 'option', optionRange)
  if (key === undefined || option === 0) {
    throw new UsageError('Informe --category, --option e --name.')
  }
  const name = parseName(input.value('name') ?? '')
  return await changeCatalogue(context, { change: 'service_added', code, name }, async (catalogue) => {
    const { id: categoryId } = requireCategory(catalogue, key)
    requireFreeOption(catalogue, { categoryId, option })
    try {
      await addService(catalogue.trx, { categoryId, code, option, name })
    } catch (error) {
      throw isUniqueViolation(error)
        ? new RefusedError(`O código "${code}" já é de um serviço, talvez aposentado.`)
        : error
    }
    return `Serviço "${name}" incluído: ${key}-${option}.`
  })
}

async function change(context: AdminContext, input: CommandInput): Promise<CommandOutcome> {
  const [code = ''] = input.positionals
  const { value } = input
  const name = value('name') === undefined ? undefined : parseName(value('name') ?? '')
  const newOption = integerOption(input, 'option', optionRange)
  const key = value('category')
  if (name === undefined && newOption === 0 && key === undefined) {
    throw new UsageError('Diga o que muda: --name, --option ou --category.')
  }
  const detail = { change: 'service_changed', code, ...(name === undefined ? {} : { name }) }
  return await changeCatalogue(context, detail, async (catalogue) => {
    const service = requireService(catalogue, code)
    const categoryId = key === undefined ? service.categoryId : requireCategory(catalogue, key).id
    const option = newOption === 0 ? service.option : newOption
    const holder = holderOf(catalogue, { categoryId, option })
    const maySwap = input.has('swap') && categoryId === service.categoryId
    if (holder !== undefined && holder.id !== service.id && maySwap) {
      await changeService(catalogue.trx, holder.id, { option: service.option })
    } else if (holder?.id !== service.id) {
      requireFreeOption(catalogue, { categoryId, option })
    }
    await changeService(catalogue.trx, service.id, {
      categoryId,
      option,
      ...(name === undefined ? {} : { name }),
    })
    return `Serviço "${name ?? service.name}" alterado.`
  })
}

async function switchTo(
  context: AdminContext,
  { positionals: [code = ''] }: CommandInput,
  active: boolean,
): Promise<CommandOutcome> {
  const detail = { change: active ? 'service_on' : 'service_off', code }
  return await changeCatalogue(context, detail, async (catalogue) => {
    const { id, name } = requireService(catalogue, code)
    await changeService(catalogue.trx, id, { active })
    return `Serviço "${name}" ${active ? 'oferecido' : 'fora do menu'}.`
  })
}

interface MenuPlace {
  categoryId: number
  option: number
}

function holderOf({ services }: CatalogueUnderChange, { categoryId, option }: MenuPlace) {
  return services.find((service) => service.categoryId === categoryId && service.option === option)
}

function requireFreeOption(catalogue: CatalogueUnderChange, place: MenuPlace): void {
  const holder = holderOf(catalogue, place)
  if (holder !== undefined) {
    throw new RefusedError(
      `A opção ${place.option} é do serviço "${holder.name}"; escolha outra ou use --swap.`,
    )
  }
}
