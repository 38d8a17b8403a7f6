import { lines, type Script } from './script.ts'

export const scripts: readonly Script[] = [
  {
    name: 'answers',
    steps: lines(
      'CHANNEL STATUS',
      'ANSWER',
      'CHANNEL STATUS',
      'SET VARIABLE A "quoted \\"a\\" and \\\\ and (b)"',
      'GET VARIABLE A',
      'STREAM FILE blip ""',
      'NONSENSE',
      'STREAM FILE',
    ),
  },
]
