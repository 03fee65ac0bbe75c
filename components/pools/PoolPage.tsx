'use client'
import { useQuery } from '@tanstack/react-query'
import { Ellipsis } from 'lucide-react'
import type { PoolDetail } from '../../server/pools/model.ts'
import { explain } from '../errors.ts'
import { usePaths, useTRPC } from '../host.tsx'
import type { PoolTab } from '../shell/paths.ts'
import { VDEV_STATES } from '../shell/state.ts'
import { useTools } from '../shell/useTools.ts'
import { Banner } from '../ui/Banner.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { bytes, percent } from '../ui/format.ts'
import { MenuButton } from '../ui/Menu.tsx'
import { SpaceBar } from '../ui/Meter.tsx'
import { Facts, PageHeader, Section } from '../ui/Page.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { Badge, StateMark } from '../ui/State.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { Time } from '../ui/Time.tsx'
import { deviceMenu } from './deviceMenu.tsx'
import { poolMenu } from './menu.tsx'
import { PoolAdvice } from './PoolAdvice.tsx'
import { PoolFeatures } from './PoolFeatures.tsx'
import { PoolHistory } from './PoolHistory.tsx'
import { PoolProperties } from './PoolProperties.tsx'
import { ScanPanel } from './ScanPanel.tsx'
import { VdevTree } from './VdevTree.tsx'

export function PoolPage({ name, tab }: { name: string; tab: PoolTab }) {
  const query = useQuery(useTRPC().pools.get.queryOptions({ pool: name }))
  const answer = query.data
  if (!answer) {
    return (
      <>
        <PageHeader title={name} />
        {query.error ? <ErrorNotice error={explain(query.error)} /> : <Loading what={name} lines={6} />}
      </>
    )
  }
  const pool = answer.value
  return (
    <>
      <Head pool={pool} />
      {query.error && (
        <Banner tone="warning" live className="mb-3" title={explain(query.error).what}>
          What you see is what the host said <Time at={answer.heardAt} />.
        </Banner>
      )}
      {tab === 'overview' && <Overview pool={pool} />}
      {tab === 'properties' && <PoolProperties pool={pool} />}
      {tab === 'features' && <PoolFeatures pool={pool} />}
      {tab === 'history' && <PoolHistory pool={pool.name} />}
    </>
  )
}

function Head({ pool }: { pool: PoolDetail }) {
  const paths = usePaths()
  const tools = useTools()
  return (
    <>
      <PageHeader
        title={pool.name}
        badges={
          <>
            <Badge>
              <StateMark {...VDEV_STATES[pool.health]} />
            </Badge>
            {pool.readonly && <Badge>read-only</Badge>}
          </>
        }
        actions={
          <MenuButton iconOnly label={`Actions of ${pool.name}`} items={() => poolMenu(pool, tools, pool)}>
            <Ellipsis aria-hidden size={16} />
          </MenuButton>
        }
      >
        <Facts
          items={[
            ['size', bytes(pool.sizeBytes)],
            ['full', percent(pool.capacityPercent / 100)],
            ['fragmented', pool.fragmentationPercent === null ? null : `${pool.fragmentationPercent} %`],
            ['dedup', pool.dedupRatio > 1 ? `${pool.dedupRatio.toFixed(2)}×` : null],
          ]}
        />
        <div className="mt-3">
          <SpaceBar
            label={`Space of ${pool.name}`}
            parts={[{ label: 'allocated', bytes: pool.allocatedBytes, colour: 's1' }]}
            freeBytes={pool.freeBytes}
            freeLabel="free"
          />
        </div>
      </PageHeader>
      <Tabs
        label={`Pages of ${pool.name}`}
        tabs={[
          { label: 'Overview', href: paths.pool(pool.name) },
          { label: 'Properties', href: paths.pool(pool.name, 'properties') },
          { label: 'Features', href: paths.pool(pool.name, 'features') },
          { label: 'History', href: paths.pool(pool.name, 'history') },
        ]}
      />
    </>
  )
}

function Overview({ pool }: { pool: PoolDetail }) {
  const tools = useTools()
  return (
    <>
      <PoolAdvice pool={pool} />
      <ScanPanel pool={pool.name} scan={pool.scan} />
      <Section title="Devices">
        <VdevTree
          vdevs={pool.vdevs}
          label={`Devices of ${pool.name}`}
          menu={vdev => deviceMenu(pool, vdev, tools)}
        />
        <p className="mt-2 text-muted">{pool.errorsText}</p>
      </Section>
    </>
  )
}
