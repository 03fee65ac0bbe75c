import type { PoolDetail } from '../../server/pools/model.ts'
import { roleReason } from '../shell/me.ts'
import { useTools } from '../shell/useTools.ts'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { CodeBlock } from '../ui/Copy.tsx'
import { commandLine } from '../ui/shell.ts'
import { type AdviceStep, adviceFor } from './advice.ts'
import { doToDevice } from './deviceMenu.tsx'
import { DEVICE_LABELS } from './deviceVerbs.ts'
import { upgradePool } from './menu.tsx'

/** What `zpool status` complains about, in plain words with the next steps; its own words are one click away. */
export function PoolAdvice({ pool }: { pool: PoolDetail }) {
  if (!pool.statusText) return null
  const advice = adviceFor(pool)
  const own = (
    <>
      {pool.statusText} {pool.actionText} {pool.messageId && <Message id={pool.messageId} />}
    </>
  )
  return (
    <Banner
      tone={pool.health === 'ONLINE' ? 'info' : 'warning'}
      className="mb-4"
      title={advice ? advice.what : pool.statusText}
    >
      {advice ? (
        <>
          <ol className="mt-1 flex list-decimal flex-col gap-1.5 pl-5 text-text">
            {advice.steps.map(step => (
              <Step key={`${step.text} ${step.argv?.join(' ')}`} pool={pool.name} step={step} />
            ))}
          </ol>
          <details className="mt-2">
            <summary className="cursor-pointer">What zpool status says</summary>
            <p className="mt-1">{own}</p>
          </details>
        </>
      ) : (
        <>
          {pool.actionText} {pool.messageId && <Message id={pool.messageId} />}
        </>
      )}
    </Banner>
  )
}

function Step({ pool, step }: { pool: string; step: AdviceStep }) {
  const tools = useTools()
  const { act } = step
  return (
    <li>
      {step.text}
      {step.argv && (
        <CodeBlock
          text={commandLine(step.argv)}
          label={`Command: ${commandLine(step.argv)}`}
          className="mt-1 max-w-2xl"
        />
      )}
      {act && (
        <Button
          small
          className="mt-1"
          disabled={roleReason(tools.role, 'administrator')}
          onClick={() =>
            act === 'upgrade' ? upgradePool(pool, tools) : doToDevice(pool, act.device, act.verb, tools)
          }
        >
          {act === 'upgrade' ? 'Enable new features…' : DEVICE_LABELS[act.verb]}
        </Button>
      )}
    </li>
  )
}

function Message({ id }: { id: string }) {
  return (
    <a
      href={`https://openzfs.github.io/openzfs-docs/msg/${id}`}
      target="_blank"
      rel="noreferrer"
      className="underline underline-offset-2"
    >
      {id}
    </a>
  )
}
