'use client'
import { useQuery } from '@tanstack/react-query'
import { Camera, Ellipsis } from 'lucide-react'
import Link from 'next/link'
import { lazy } from 'react'
import type { DatasetDetail } from '../../server/datasets/model.ts'
import { explain } from '../errors.ts'
import { usePaths, useTRPC } from '../host.tsx'
import { roleReason } from '../shell/me.ts'
import type { DatasetTab } from '../shell/paths.ts'
import { useTools } from '../shell/useTools.ts'
import { takeSnapshot } from '../snapshots/menu.tsx'
import { SnapshotTable } from '../snapshots/SnapshotTable.tsx'
import { Banner } from '../ui/Banner.tsx'
import { Button } from '../ui/Button.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { bytes } from '../ui/format.ts'
import { MenuButton } from '../ui/Menu.tsx'
import { SpaceBar } from '../ui/Meter.tsx'
import { Facts, PageHeader } from '../ui/Page.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { Badge } from '../ui/State.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { Time } from '../ui/Time.tsx'
import { DatasetOverview } from './DatasetOverview.tsx'
import { datasetMenu } from './menu.tsx'
import { PropertyTable } from './PropertyTable.tsx'
import { ZvolIcon } from './ZvolIcon.tsx'

const SwapBackDialog = lazy(() => import('../snapshots/SwapBackDialog.tsx'))

export function DatasetPage({ name, tab }: { name: string; tab: DatasetTab }) {
  const query = useQuery(useTRPC().datasets.get.queryOptions({ dataset: name }))
  const dataset = query.data?.value
  return (
    <>
      {dataset ? <Head dataset={dataset} /> : <PageHeader mono title={name} />}
      {query.error && !dataset && (
        <div className="mb-3">
          <ErrorNotice error={explain(query.error)} />
        </div>
      )}
      {query.error && query.data && (
        <Banner tone="warning" live className="mb-3" title={explain(query.error).what}>
          What you see is what the host said <Time at={query.data.heardAt} />.
        </Banner>
      )}
      {!dataset && !query.error && <Loading what={name} lines={3} />}
      {(dataset || !query.error) && <PagesOf name={name} snapshotCount={dataset?.snapshotCount} />}
      {tab === 'snapshots' && <SnapshotTable key={name} dataset={name} />}
      {dataset && tab === 'properties' && <PropertyTable dataset={dataset} />}
      {dataset && tab === 'overview' && <DatasetOverview dataset={dataset} />}
    </>
  )
}

function PagesOf({ name, snapshotCount }: { name: string; snapshotCount: number | null | undefined }) {
  const paths = usePaths()
  return (
    <Tabs
      label={`Pages of ${name}`}
      tabs={[
        { label: 'Overview', href: paths.dataset(name) },
        { label: 'Snapshots', href: paths.dataset(name, 'snapshots'), count: snapshotCount },
        { label: 'Properties', href: paths.dataset(name, 'properties') },
      ]}
    />
  )
}

function Head({ dataset }: { dataset: DatasetDetail }) {
  const paths = usePaths()
  const tools = useTools()
  const volume = dataset.type === 'volume'
  const inherited = (name: string) => {
    const property = dataset.properties.find(each => each.name === name)
    return property?.inheritedFrom ? (
      <span className="font-normal text-faint"> from {property.inheritedFrom}</span>
    ) : null
  }
  const isLocked = dataset.properties.some(
    ({ name, value }) => name === 'keystatus' && value === 'unavailable',
  )
  return (
    <>
      <PageHeader
        mono
        title={
          <span className="inline-flex items-center gap-2">
            {volume && <ZvolIcon size={16} />}
            {dataset.name}
          </span>
        }
        badges={
          <>
            <Badge>{volume ? `zvol · ${bytes(dataset.volsizeBytes ?? 0)}` : 'filesystem'}</Badge>
            {dataset.usedByVm && (
              <Badge tone="ok">
                <Link href={paths.vm(dataset.usedByVm)} className="hover:underline">
                  used by {dataset.usedByVm}
                </Link>
              </Badge>
            )}
            {dataset.readonly && <Badge>read-only</Badge>}
            {isLocked && <Badge tone="warning">key not loaded</Badge>}
          </>
        }
        actions={
          <>
            <Button
              look="primary"
              icon={<Camera size={16} />}
              disabled={roleReason(tools.role, 'operator')}
              onClick={() => takeSnapshot(tools, [dataset.name])}
            >
              Take snapshot
            </Button>
            <MenuButton
              iconOnly
              label={`More actions of ${dataset.name}`}
              items={() => datasetMenu(dataset, tools)}
            >
              <Ellipsis aria-hidden size={16} />
            </MenuButton>
          </>
        }
      >
        <Facts
          items={[
            [
              'compression',
              <>
                {dataset.compression} {dataset.compressRatio.toFixed(2)}×{inherited('compression')}
              </>,
            ],
            [
              'checksum',
              <>
                {dataset.checksum}
                {inherited('checksum')}
              </>,
            ],
            dataset.volblocksizeBytes === null ? null : ['volblocksize', bytes(dataset.volblocksizeBytes)],
            ['encryption', dataset.encryption],
          ]}
        />
        <div className="mt-3">
          <SpaceBar
            label={`Space of ${dataset.name}`}
            parts={[
              { label: 'data', bytes: dataset.usedByDataBytes, colour: 's1' },
              { label: 'snapshots', bytes: dataset.usedBySnapshotsBytes, colour: 's2' },
              { label: 'children', bytes: dataset.usedByChildrenBytes, colour: 's3' },
              { label: 'reserved', bytes: dataset.usedByReservationBytes, colour: 's4' },
            ]}
            freeBytes={dataset.availableBytes}
          />
        </div>
      </PageHeader>
      {dataset.kept.map(kept => (
        <Banner
          key={kept}
          className="mt-3"
          title="An earlier present of this is kept."
          action={
            <Button
              small
              disabled={roleReason(tools.role, 'operator')}
              onClick={() =>
                tools.open(close => <SwapBackDialog kept={kept} live={dataset.name} onClose={close} />)
              }
            >
              Swap back…
            </Button>
          }
        >
          <Link href={paths.dataset(kept)} className="font-mono text-sm hover:underline">
            {kept}
          </Link>
        </Banner>
      ))}
    </>
  )
}
