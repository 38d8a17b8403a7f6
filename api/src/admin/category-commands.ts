import {
  addCategory,
  type CatalogueCategory,
  categoryKeys,
  changeCategory,
  changeService,
} from '../catalogue/catalogue-administration.ts'
import { type CatalogueUnderChange, changeCatalogue, parseName, requireCategory } from './catalogue-change.ts'
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

const keyOption = { value: 'TECLA', summary: `Tecla no menu: ${categoryKeys.join(', ')}` }

export const categoryCommands: Commands = {
  'categories add': {
    usage: 'categories add NOME --key TECLA',
    summary: 'Inclui uma categoria no fim do menu; quem liga a ouve quando tiver um serviço',
    positionals: { min: 1, max: 1 },
    options: { key: keyOption },
    async run(context, { positionals: [typed = ''], value }) {
      const [name, key] = [parseName(typed), parseKey(value('key'))]
      return await changeCatalogue(context, { change: 'category_added', key, name }, async (catalogue) => {
        requireFreeKey(catalogue, key)
        const last = catalogue.categories.reduce((most, { position }) => Math.max(most, position), 0)
        await addCategory(catalogue.trx, { key, name, position: last + 1 })
        return `Categoria "${name}" incluída na tecla ${key}.`
      })
    },
  },
  'categories change': {
    usage: 'categories change TECLA',
    summary: 'Muda o nome, a tecla ou o lugar de uma categoria no menu',
    positionals: { min: 1, max: 1 },
    options: {
      name: { value: 'NOME', summary: 'Nome novo' },
      key: keyOption,
      swap: { summary: 'Com --key: troca de tecla com a categoria que a tem' },
      position: { value: 'N', summary: 'Lugar na ordem em que o menu é falado, a partir de 1' },
    },
    run: change,
  },
  'categories on': {
    usage: 'categories on TECLA',
    summary: 'Volta a oferecer uma categoria',
    positionals: { min: 1, max: 1 },
    run: (context, input) => switchTo(context, input, true),
  },
  'categories off': {
    usage: 'categories off TECLA',
    summary: 'Deixa de oferecer uma categoria, que guarda a sua tecla',
    positionals: { min: 1, max: 1 },
    run: (context, input) => switchTo(context, input, false),
  },
  'categories retire': {
    usage: 'categories retire TECLA',
    summary: 'Aposenta uma categoria e os serviços dela; a tecla fica livre, os chamados continuam com ela',
    positionals: { min: 1, max: 1 },
    options: yesOption,
    async run(context, input) {
      const [key = ''] = input.positionals
      await requireConfirmation(context, input, `Aposentar a categoria da tecla ${key} e os serviços dela?`)
      return await changeCatalogue(context, { change: 'category_retired', key }, async (catalogue) => {
        const { id, name } = requireCategory(catalogue, key)
        const { trx, now, services } = catalogue
        await changeCategory(trx, id, { retiredAt: now })
        for (const service of services.filter(({ categoryId }) => categoryId === id)) {
          await changeService(trx, service.id, { retiredAt: now })
        }
        return `Categoria "${name}" aposentada.`
      })
    },
  },
}

async function change(context: AdminContext, input: CommandInput): Promise<CommandOutcome> {
  const [key = ''] = input.positionals
  const { value } = input
  const name = value('name') === undefined ? undefined : parseName(value('name') ?? '')
  const newKey = value('key') === undefined ? undefined : parseKey(value('key'))
  const position = integerOption(input, 'position', { min: 1, max: categoryKeys.length, default: 0 })
  if (name === undefined && newKey === undefined && position === 0) {
    throw new UsageError('Diga o que muda: --name, --key ou --position.')
  }
  const detail = {
    change: 'category_changed',
    key,
    ...(name === undefined ? {} : { name }),
    ...(newKey === undefined ? {} : { newKey }),
  }
  return await changeCatalogue(context, detail, async (catalogue) => {
    const category = requireCategory(catalogue, key)
    if (newKey !== undefined && newKey !== key) {
      await makeKeyFree(catalogue, { key: newKey, instead: key, maySwap: input.has('swap') })
    }
    if (name !== undefined || newKey !== undefined) {
      await changeCategory(catalogue.trx, category.id, {
        ...(name === undefined ? {} : { name }),
        ...(newKey === undefined ? {} : { key: newKey }),
      })
    }
    if (position > 0) {
      await moveTo(catalogue, category, position)
    }
    return `Categoria da tecla ${newKey ?? key} alterada.`
  })
}

async function switchTo(
  context: AdminContext,
  { positionals: [key = ''] }: CommandInput,
  active: boolean,
): Promise<CommandOutcome> {
  const detail = { change: active ? 'category_on' : 'category_off', key }
  return await changeCatalogue(context, detail, async (catalogue) => {
    const { id, name } = requireCategory(catalogue, key)
    await changeCategory(catalogue.trx, id, { active })
    return `Categoria "${name}" ${active ? 'oferecida' : 'fora do menu'}.`
  })
}

function requireFreeKey({ categories }: CatalogueUnderChange, key: string): void {
  const holder = categories.find((candidate) => candidate.key === key)
  if (holder !== undefined) {
    throw new RefusedError(`A tecla ${key} é da categoria "${holder.name}"; para trocar, use --swap.`)
  }
}

async function makeKeyFree(
  catalogue: CatalogueUnderChange,
  { key, instead, maySwap }: { key: string; instead: string; maySwap: boolean },
): Promise<void> {
  const holder = catalogue.categories.find((candidate) => candidate.key === key)
  if (holder === undefined || !maySwap) {
    requireFreeKey(catalogue, key)
    return
  }
  await changeCategory(catalogue.trx, holder.id, { key: instead })
}

/** Numbers the menu anew, from 1. */
async function moveTo(
  { trx, categories }: CatalogueUnderChange,
  moved: CatalogueCategory,
  position: number,
): Promise<void> {
  const order = categories.filter(({ id }) => id !== moved.id).toSpliced(position - 1, 0, moved)
  for (const [index, { id }] of order.entries()) {
    await changeCategory(trx, id, { position: index + 1 })
  }
}

function parseKey(text: string | undefined): string {
  if (!categoryKeys.some((key) => key === text)) {
    throw new UsageError(`Informe a tecla: --key com ${categoryKeys.join(', ')} (7 repete o menu).`)
  }
  return text ?? ''
}
