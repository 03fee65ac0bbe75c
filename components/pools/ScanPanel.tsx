'use client'
import { Pause, Play, Square } from 'lucide-react'
import type { Scan, ScrubVerb } from '../../server/pools/model.ts'
import { roleReason } from '../shell/me.ts'
import { useTools } from '../shell/useTools.ts'
import { Button } from '../ui/Button.tsx'
import { bytes, duration, plural } from '../ui/format.ts'
import { Progress } from '../ui/Meter.tsx'
import { Section } from '../ui/Page.tsx'
import { StateMark, type Tone } from '../ui/State.tsx'
import { Time } from '../ui/Time.tsx'
import { scrub, scrubReason } from './menu.tsx'

const WORDS: Record<Scan['kind'], string> = { none: 'Scrub', scrub: 'Scrub', resilver: 'Resilver' }

/** What scrub or resilver did last, or how far it is; start, pause, stop. */
export function ScanPanel({ pool, scan }: { pool: string; scan: Scan }) {
  const tools = useTools()
  const button = (verb: ScrubVerb, label: string, icon: React.ReactNode) => (
    <Button
      small
      icon={icon}
      disabled={roleReason(tools.role, 'administrator') ?? scrubReason(scan, verb)}
      onClick={() => scrub(pool, verb, tools)}
    >
      {label}
    </Button>
  )
  const active = scan.state === 'running' || scan.state === 'paused'
  return (
    <Section
      title={WORDS[scan.kind]}
      actions={
        <>
          {button('start', scan.state === 'paused' ? 'Resume scrub' : 'Start scrub', <Play size={14} />)}
          {button('pause', 'Pause scrub', <Pause size={14} />)}
          {button('stop', 'Stop scrub', <Square size={14} />)}
        </>
      }
    >
      <div role="status" className="flex max-w-3xl flex-col gap-1.5">
        <p className="flex flex-wrap items-center gap-x-3">
          <StateMark {...words(scan)} />
          {!active && scan.endedAt !== null && (
            <span className="text-muted">
              <Time at={scan.endedAt} />
              {scan.repairedBytes !== null && ` · repaired ${bytes(scan.repairedBytes)}`}
              {scan.errors !== null && ` · ${scan.errors === 0 ? 'no errors' : plural(scan.errors, 'error')}`}
            </span>
          )}
        </p>
        {active && (
          <>
            <Progress share={scan.percent === null ? null : scan.percent / 100} label={WORDS[scan.kind]} />
            <p className="text-muted">
              {[
                scan.percent === null ? null : `${scan.percent.toFixed(1)} %`,
                scan.issuedBytes !== null && scan.totalBytes !== null
                  ? `${bytes(scan.issuedBytes)} of ${bytes(scan.totalBytes)}`
                  : null,
                scan.bytesPerSecond === null ? null : `${bytes(scan.bytesPerSecond)}/s`,
                scan.secondsLeft === null ? null : `${duration(scan.secondsLeft * 1000)} left`,
              ]
                .filter(Boolean)
                .join(' · ')}
            </p>
          </>
        )}
      </div>
    </Section>
  )
}

function words(scan: Scan): { tone: Tone; word: string } {
  const name = WORDS[scan.kind]
  switch (scan.state) {
    case 'none':
      return { tone: 'idle', word: 'Never scrubbed' }
    case 'running':
      return { tone: 'busy', word: `${name} is running` }
    case 'paused':
      return { tone: 'idle', word: `${name} is paused` }
    case 'canceled':
      return { tone: 'warning', word: `${name} was stopped before its end` }
    case 'finished':
      return scan.errors
        ? { tone: 'bad', word: `${name} found errors` }
        : { tone: 'ok', word: `${name} finished` }
  }
}
