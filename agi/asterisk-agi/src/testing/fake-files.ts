/** The fake's files have no samples: a whole one counts two seconds of 8,000 Hz. */
const WHOLE_SAMPLES = 16_000

/** Endings of the file formats that come with Asterisk 22 (formats/). */
const FORMATS: ReadonlySet<string> = new Set(
  (
    'wav wav16 WAV wav49 gsm ulaw ul mu ulw pcm alaw al alw au sln slin sln12 sln16 sln24 sln32 sln44 sln48 ' +
    'sln96 sln192 raw g719 g722 g723 g723sf g729 g726-16 g726-24 g726-32 g726-40 ilbc siren7 siren14 vox ogg'
  ).split(' '),
)

/** What RECORD FILE left behind. */
export interface FakeRecording {
  format: string
  /** Its length at 8,000 Hz; one stopped by a key or a hangup counts one second. */
  samples: number
}

/** Which files can be played and written, in one call. */
export class FakeFiles {
  readonly recordings = new Map<string, FakeRecording>()
  readonly #missing: (file: string) => boolean
  readonly #unwritable: (file: string) => boolean

  constructor(options: { missing: (file: string) => boolean; unwritable: (file: string) => boolean }) {
    this.#missing = options.missing
    this.#unwritable = options.unwritable
  }

  isMissing(file: string): boolean {
    return !this.recordings.has(file) && this.#missing(file)
  }

  canWrite(file: string, format: string): boolean {
    return FORMATS.has(format) && !this.#unwritable(file)
  }

  keepRecording(file: string, recording: FakeRecording): void {
    this.recordings.set(file, recording)
  }

  /** The position at a file's end. */
  samplesOf(file: string): number {
    return this.recordings.get(file)?.samples ?? WHOLE_SAMPLES
  }
}
