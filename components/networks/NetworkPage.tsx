'use client'
import { useQuery } from '@tanstack/react-query'
import { Ellipsis } from 'lucide-react'
import Link from 'next/link'
import { useMemo } from 'react'
import type { Plug, SwitchRow } from '../../server/networks/model.ts'
import { explain } from '../errors.ts'
import { usePaths, useTRPC } from '../host.tsx'
import { useTools } from '../shell/useTools.ts'
import { Banner } from '../ui/Banner.tsx'
import { DataTable } from '../ui/DataTable.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { MenuButton } from '../ui/Menu.tsx'
import { KeyValues, PageHeader, Panel, Section } from '../ui/Page.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { Badge, StateMark } from '../ui/State.tsx'
import { RowLink } from '../ui/TableRow.tsx'
import { Time } from '../ui/Time.tsx'
import type { Column } from '../ui/table.ts'
import { InterfaceTable } from './InterfaceTable.tsx'
import { switchMenu } from './menu.tsx'
import { trafficColumns } from './trafficColumns.tsx'
import { type Traffic, useTraffic } from './useTraffic.ts'
import { KINDS, kindWord, switchState } from './words.ts'

/** One switch: what it is, whether it is as declared, and who is plugged in. */
export function NetworkPage({ name }: { name: string }) {
  const paths = usePaths()
  const query = useQuery(useTRPC().networks.list.queryOptions())
  const traffic = useTraffic()
  const tools = useTools()
  const one = query.data?.value.switches.find(each => each.name === name)
  const state = one && switchState(one)
  return (
    <>
      <PageHeader
        title={name}
        actions={
          one && (
            <MenuButton iconOnly label={`More actions of ${name}`} items={() => switchMenu(one, tools)}>
              <Ellipsis aria-hidden size={16} />
            </MenuButton>
          )
        }
        badges={
          one &&
          state && (
            <>
              <Badge>
                <StateMark {...state} />
              </Badge>
              <Badge>{kindWord(one)}</Badge>
            </>
          )
        }
      />
      {query.error && !query.data && <ErrorNotice error={explain(query.error)} />}
      {query.error && query.data && (
        <Banner tone="warning" live className="mb-3" title={explain(query.error).what}>
          What you see is what the host said <Time at={query.data.heardAt} />.
        </Banner>
      )}
      {!query.data && !query.error && <Loading what={name} lines={6} />}
      {query.data && !one && (
        <EmptyState title={`There is no switch ${name} on this machine.`}>
          <Link href={paths.networks()} className="text-accent underline underline-offset-2">
            All networks
          </Link>
        </EmptyState>
      )}
      {one && <Details one={one} traffic={traffic} settings={query.data?.value.settings ?? null} />}
    </>
  )
}

function Details({ one, traffic, settings }: { one: SwitchRow; traffic: Traffic; settings: string | null }) {
  const { declared } = one
  return (
    <>
      {one.differences.map(difference => (
        <Banner key={difference} tone="warning" className="mb-3">
          {difference}
        </Banner>
      ))}
      <div className="mb-6 grid grid-cols-1 gap-4 lg:grid-cols-2">
        <Panel title="In the kernel">
          {one.bridge === null ? (
            <p className="text-muted">{KINDS[one.kind].about}</p>
          ) : (
            <KeyValues
              items={[
                ['Bridge', <Mono key="bridge">{one.bridge}</Mono>],
                [
                  'Uplinks',
                  <Mono key="uplinks">{one.uplinks.map(each => each.name).join(' ') || 'none'}</Mono>,
                ],
                ['Addresses', <Mono key="addresses">{one.addresses.join(' ') || 'none'}</Mono>],
                ['MTU', one.mtu],
              ]}
            />
          )}
        </Panel>
        <Panel title={settings === null ? 'Declared' : `Declared in ${settings}`}>
          {declared === null ? (
            <p className="text-muted">Nothing: it was made by hand, or is left over.</p>
          ) : (
            <KeyValues
              items={[
                ['Type', kindWord(one)],
                declared.bridge === null ? null : ['Bridge', <Mono key="bridge">{declared.bridge}</Mono>],
                ['Ports', <Mono key="ports">{declared.ports.join(' ') || 'none'}</Mono>],
                ['Addresses', <Mono key="addresses">{declared.addresses.join(' ') || 'none'}</Mono>],
                ['MTU', declared.mtu || 'as it comes'],
                [
                  'Private',
                  declared.isPrivate
                    ? 'Yes: guests on it do not see each other'
                    : 'No: guests on it see each other',
                ],
              ]}
            />
          )}
        </Panel>
      </div>
      <Section title="Plugged in">
        <PlugTable one={one} traffic={traffic} />
      </Section>
      {one.uplinks.length > 0 && (
        <Section title="Uplinks">
          <InterfaceTable
            name="uplinks"
            label={`Uplinks of ${one.name}`}
            rows={one.uplinks}
            traffic={traffic}
            empty={null}
          />
        </Section>
      )}
      {one.strangers.length > 0 && (
        <Section title="Other taps on its bridge">
          <p className="mb-2 text-muted">No network card of a guest on this switch has these.</p>
          <InterfaceTable
            name="strangers"
            label={`Other taps of ${one.name}`}
            rows={one.strangers}
            traffic={traffic}
            empty={null}
          />
        </Section>
      )}
    </>
  )
}

function Mono({ children }: { children: string }) {
  return <span className="font-mono text-sm">{children}</span>
}

const PLUG_COLUMNS: readonly Column<Plug>[] = [
  {
    id: 'vm',
    header: 'Guest',
    min: 110,
    grow: 2,
    always: true,
    cell: plug => <GuestLink plug={plug} />,
    sort: plug => plug.vm,
    text: plug => plug.vm,
  },
  {
    id: 'tap',
    header: 'Tap',
    min: 96,
    always: true,
    cell: plug =>
      plug.tap === null ? (
        <span className="text-faint">off</span>
      ) : (
        <span className="truncate font-mono text-sm">{plug.tap}</span>
      ),
    sort: plug => plug.tap,
    text: plug => plug.tap ?? '',
  },
]

const PLUG_FACTS: readonly Column<Plug>[] = [
  {
    id: 'mac',
    header: 'MAC',
    min: 168,
    cell: plug => <span className="font-mono text-sm">{plug.mac ?? 'made at the start'}</span>,
    sort: plug => plug.mac,
    text: plug => plug.mac ?? '',
  },
  {
    id: 'card',
    header: 'Card',
    min: 116,
    cell: plug => `${plug.nic + 1} (${plug.emulation})`,
    sort: plug => plug.nic,
    text: plug => plug.emulation,
  },
]

function GuestLink({ plug }: { plug: Plug }) {
  return (
    <RowLink href={usePaths().vm(plug.vm, 'hardware')} className="truncate font-medium">
      {plug.vm}
    </RowLink>
  )
}

function PlugTable({ one, traffic }: { one: SwitchRow; traffic: Traffic }) {
  const columns = useMemo(
    () => [...PLUG_COLUMNS, ...trafficColumns<Plug>(plug => plug.tap, traffic, true), ...PLUG_FACTS],
    [traffic],
  )
  return (
    <DataTable
      name="plugs"
      label={`Plugged into ${one.name}`}
      columns={columns}
      rows={one.plugs}
      rowId={plug => `${plug.vm}/${plug.nic}`}
      error={traffic.error}
      initialSort={{ column: 'vm', descending: false }}
      filterLabel="Filter guests"
      maxHeight="32rem"
      empty={
        <EmptyState title="No guest is plugged in.">
          A guest’s network card is put on a switch on its Hardware page.
        </EmptyState>
      }
    />
  )
}
