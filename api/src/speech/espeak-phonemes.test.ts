import { beforeAll, describe, expect, it } from 'vitest'
import { firstCatalogue } from '../catalogue/first-catalogue.ts'
import { createEspeakPhonemes, type EspeakPhonemes } from './espeak-phonemes.ts'
import { toEspeakText } from './espeak-text.ts'
import { brazilianLexicon } from './pronunciation-lexicon.ts'

const lexicon = brazilianLexicon()
/** A run of eSpeak for a few hundred words takes a second; a busy machine gets its time. */
const timeoutMs = 60_000
/** Ends a clause, so that each text has a line of its own. */
const clauseEnd = '\n\n'
let phonemes: EspeakPhonemes

beforeAll(async () => {
  phonemes = await createEspeakPhonemes()
})

const said = async (text: string): Promise<string> => (await phonemes(toEspeakText(text, lexicon))).join(' ')

describe('what the embedded voice says', () => {
  it.each([
    ['a sala de TI', 'a sˈalæ dʒy tˈe ˈi'],
    ['o CPF', 'ʊ sˈe pˈe ˈɛfy'],
    ['a memória RAM', 'a mˌemˈɔɾjæ xˈɐ̃my'],
    ['a VPN', 'a vˈe pˈe ˈeny'],
    ['o cabo HDMI', 'ʊ kˈabw aɡˈa dˈe ˈemj ˈi'],
    ['o RH', 'u ˈɛxi aɡˈa'],
    ['o PDF', 'ʊ pˈe dˈe ˈɛfy'],
    ['Privilégio IPM', 'prˌivilˈɛʒjw ˈi pˈe ˈemy'],
    ['Wi-Fi', 'wˈaɪ fˈaɪ'],
    ['e-mail', 'ˌimˈeiʊ'],
    ['WhatsApp', 'wˌotʃizˈapi'],
    ['backup', 'bˌekˈapi'],
    ['software', 'sˈɔfitˌuer'],
    ['hardware', 'xˈaɾəduer'],
    ['mouse', 'mˈaʊzi'],
    ['login', 'loɡˈiŋ'],
    ['scanner', 'ˌeskˈɐ̃ner'],
    ['toner', 'tˈoner'],
    ['site', 'sˈaɪtʃy'],
    ['Dra. Ana', 'dˌowtˈoɾæ ˈɐ̃næ'],
    ['Sr. João D. Souza', 'seɲˈor ʒoˈɐ̃ʊ̃ dˈe sˈowzæ'],
    ['sala nº 5, 2º andar', 'sˈalæ nˈũmeɾʊ sˈiŋkʊ sˌeɡˈũŋdw ɐ̃ŋdˈar'],
    ['taxa de R$ 10', 'tˈaʃæ dʒy dˈɛs xeˈaɪs'],
  ])('in %j: %s', async (text, ipa) => {
    expect(await said(text)).toBe(ipa.normalize('NFC'))
  })

  it.each([
    ['Wellington', 'wˈɛlynton'],
    ['Washington', 'wˈɔʃinton'],
    ['Thiago', 'tˌiˈaɡʊ'],
    ['Kátia', 'kˈatʃjæ'],
    ['KATIA', 'kˈatʃjæ'],
    ['Hellen', 'ˈɛleɪŋ'],
    ['Yasmin', 'jazmˈin'],
    ['Jhonatan', 'ʒˈonætɐ̃ŋ'],
    ['Giovanna', 'ʒˌiovˈɐ̃næ'],
    ['Kleber', 'klˈɛber'],
    ['Schmidt', 'ʃˌimˈitʃi'],
    ['Müller', 'mˈiler'],
    ['Kowalski', 'kˌovˈaʊski'],
    ['Nakamura', 'nˌakæmˈuɾæ'],
    ['Conceicao', 'kˌoŋseɪsˈɐ̃ʊ̃'],
    ['JOSE DOS SANTOS', 'ʒozˈɛ dʊs sˈɐ̃ŋtʊs'],
  ])('in the name %s: %s', async (name, ipa) => {
    expect(await said(name)).toBe(ipa.normalize('NFC'))
  })

  it('tells the letters by their Brazilian names', async () => {
    const letters = Array.from('BCDFGHJKLMNPQRSTVWXYZ', (letter) => toEspeakText(`o B${letter}T`, lexicon))
    const spoken = await phonemes(letters.join(clauseEnd))
    expect(spoken.map((ipa) => ipa.replace(/^ʊ bˈe /, '').replace(/ tˈe$/, '')).join(' ')).toBe(
      'bˈe sˈe dˈe ˈɛfy ʒˈe aɡˈa ʒˈɔtæ kˈa ˈɛly ˈemy ˈeny pˈe kˈe ˈɛxy ˈɛsy tˈe vˈe dˈabljʊ ʃˈis ˈipsiloŋ zˈe',
    )
    expect(await said('o BAT, o BET, o BOT, o BUT')).toBe(
      'ʊ bˈe ˈa tˈe ʊ bˈe ˈe tˈe ʊ bˈe ˈɔ tˈe ʊ bˈe ˈu tˈe',
    )
  })

  it('lets no text speak in phoneme codes', async () => {
    expect(await said("[[mal'isi@]]")).not.toBe('malˈisiə')
    expect(await said("[[mal'isi@]]")).toContain(await said("mal'isi"))
  })
})

describe('the lexicon', () => {
  it('lists nothing that the voice says right by itself', { timeout: timeoutMs }, async () => {
    // What an abbreviation changes may be its pause alone.
    const words = lexicon.words.filter((word) => !/[./]$/.test(word))
    const respelled = await phonemes(words.map((word) => lexicon.respelling(word)).join(clauseEnd))
    const asWritten = await phonemes(words.join(clauseEnd))
    const lettersAreSpelt = (word: string): boolean => /^\p{Lu}{2,4}$/u.test(word)
    expect([respelled.length, asWritten.length]).toEqual([words.length, words.length])
    expect(
      words.filter((word, index) => respelled[index] === asWritten[index] && !lettersAreSpelt(word)),
    ).toEqual([])
  })

  it('gives no spelling that the voice would spell out in turn', { timeout: timeoutMs }, async () => {
    const spellings = lexicon.words.map((word) => lexicon.respelling(word) ?? '')
    const spoken = await phonemes(spellings.join(clauseEnd))
    expect(spoken).toHaveLength(spellings.length)
    expect(spellings.filter((_spelling, index) => /aɡˈudʊ|sirkũŋflˈɛks/.test(spoken[index] ?? ''))).toEqual(
      [],
    )
  })
})

describe('the first catalogue', () => {
  it('is said word by word as people say it', async () => {
    const names = firstCatalogue.flatMap(({ name, services }) => [
      name,
      ...services.map((service) => service.name),
    ])
    const spoken = await phonemes(names.map((name) => toEspeakText(name, lexicon)).join(clauseEnd))
    expect(names.map((name, index) => `${name} ${spoken[index]}`)).toMatchInlineSnapshot(`
      [
        "Sistemas sˌistˈemæs",
        "Atualização do portal ˌatuˌalizasˈɐ̃ʊ̃ dʊ poɾətˈaʊ",
        "Problemas diversos prˌoblˈemæz dʒˌivˈɛɾəsʊs",
        "Computador kˌomputadˈor",
        "Formatação de computador fˌoɾəmatasˈɐ̃ʊ̃ dʒy kˌomputadˈor",
        "Computador não liga kˌomputadˈor nˌɐ̃ʊ̃ lˈiɡæ",
        "Sem conexão com a impressora sˈeɪŋ kˌoneksˈɐ̃ʊ̃ koŋ a ˌimpresˈoɾæ",
        "Problema de conexão com a Internet prˌoblˈemæ dʒy kˌoneksˈɐ̃ʊ̃ koŋ a ˌiŋteɾənˈɛtʃ",
        "Instalação de software ˌiŋstalasˈɐ̃ʊ̃ dʒy sˈɔfitˌuer",
        "Problemas diversos prˌoblˈemæz dʒˌivˈɛɾəsʊs",
        "Impressoras ˌimpresˈoɾæs",
        "Instalar impressora ˌiŋstalˈaɾ ˌimpresˈoɾæ",
        "Configurar impressora kˌoŋfiɡuɾˈaɾ ˌimpresˈoɾæ",
        "Troca de suprimentos trˈɔkæ dʒy sˌuprimˈeɪŋtʊs",
        "Liberação de acessos lˌibeɾasˈɐ̃ʊ̃ dʒj ˌasˈɛsʊs",
        "Privilégio IPM prˌivilˈɛʒjw ˈi pˈe ˈemy",
        "Liberar acesso ao Wi-Fi lˌibeɾˈaɾ ˌasˈɛsw aʊ wˈaɪ fˈaɪ",
        "Liberar acesso a sites lˌibeɾˈaɾ ˌasˈɛsw a sˈaɪtʃys",
        "Liberar acesso a pastas do servidor lˌibeɾˈaɾ ˌasˈɛsw a pˈastæz dʊ sˌeɾəvidˈor",
        "Projetor multimídia prˌoʒetˈor mˌuwtʃimˈidʒjæ",
        "Reserva de projetor xˌezˈɛɾəvæ dʒy prˌoʒetˈor",
        "Ramal telefônico xɐ̃mˈaʊ tˌelefˈonikʊ",
        "Problema com ramal prˌoblˈemæ koŋ xɐ̃mˈaʊ",
      ]
    `)
  })
})
