/** A theme: scenarios by their names. A story alone is enough; what is special about one stands beside it. */
import { isBefore, parseStory, type Step } from './story.testing.ts'

type Special = {
  story: string
  /** The first version that has it, and what is new there. */
  since?: readonly [version: string, why: string]
  /** A version that it cannot be told to, and why. */
  except?: readonly [version: string, why: string]
  /** Why the sandbox answers otherwise: in any of its steps, or by the step. */
  sandbox?: string | Readonly<Record<string, string>>
}

export type Scenario = {
  name: string
  steps: Step[]
  since: readonly [version: string, why: string] | null
  except: readonly [version: string, why: string] | null
  sandbox: KnownDifferences
}

/** Steps the sandbox is known to answer otherwise, with the reason; `*` stands for whichever. */
export type KnownDifferences = Readonly<Record<string, string>>

export type Theme = { name: string; title: string; scenarios: Scenario[] }

/** `sandbox`: why it answers otherwise in every story. */
export function theme(
  name: string,
  title: string,
  stories: Record<string, string | Special>,
  all: { sandbox?: string } = {},
): Theme {
  return {
    name,
    title,
    scenarios: Object.entries(stories).map(([scenario, given]) => {
      const special: Special = typeof given === 'string' ? { story: given } : given
      const sandbox = special.sandbox ?? all.sandbox ?? {}
      return {
        name: scenario,
        steps: parseStory(special.story),
        since: special.since ?? null,
        except: special.except ?? null,
        sandbox: typeof sandbox === 'string' ? { '*': sandbox } : sandbox,
      }
    }),
  }
}

/** Whether a version can be told the story. */
export function isFor({ since, except }: Scenario, version: string): boolean {
  if (since !== null && isBefore(version, since[0])) return false
  return except === null || !version.startsWith(`${except[0]}.`)
}
