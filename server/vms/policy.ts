/** What a guest may be asked, and what follows its runs: keys of its conf. Pure. */
import { type Conf, confText, parseConf, words } from './conf.ts'
import { type Changes, type Edit, edited, no, valued } from './edits/edit.ts'
import type { SetPolicyInput } from './input.ts'
import { AFTER_RUN, type VmPolicy, type VmProtection } from './model.ts'

/** A key of Skep's own: vm-bhyve keeps what it does not know. `stop`, `destroy`, or both. */
export const PROTECTION = 'skep_protect'

export function protectionOf(conf: Conf): VmProtection {
  const against = words(confText(conf, PROTECTION))
  return { stop: against.includes('stop'), destroy: against.includes('destroy') }
}

/** on_restart and on_fault as vm-bhyve reads them: anything but `restart` ends it. */
export function policyOf(conf: Conf): VmPolicy {
  return {
    onRestart: confText(conf, 'on_restart', 'restart'),
    onFault: confText(conf, 'on_fault', 'shutdown'),
  }
}

export function setPolicy(
  text: string,
  { policy, protection }: Omit<SetPolicyInput, 'vm' | 'revision'>,
): Edit {
  const conf = parseConf(text)
  const now = policyOf(conf)
  const changes: Changes = {}
  for (const [name, key] of [
    ['onRestart', 'on_restart'],
    ['onFault', 'on_fault'],
  ] as const) {
    if (policy[name] === now[name]) continue
    if (!AFTER_RUN.some(known => known === policy[name]))
      return no('invalid', `It is ${AFTER_RUN.join(' or ')}.`, name)
    changes[key] = policy[name]
  }
  const before = protectionOf(conf)
  if (before.stop !== protection.stop || before.destroy !== protection.destroy) {
    const against = [...(protection.stop ? ['stop'] : []), ...(protection.destroy ? ['destroy'] : [])]
    Object.assign(changes, valued(PROTECTION, against.join(' ')))
  }
  return edited(text, changes, {
    warnings:
      changes.on_fault === 'restart'
        ? [
            'A guest that crashes at once is started again and again, with longer and longer pauses up to a minute.',
          ]
        : [],
  })
}
