'use client'
import { useQuery } from '@tanstack/react-query'
import type { HostConfig } from '../../server/hosts/model.ts'
import { explain } from '../errors.ts'
import { useConsoleApi } from '../trpc.tsx'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { KeyValues } from '../ui/Page.tsx'
import { Loading } from '../ui/Spinner.tsx'
import { Checklist } from './Checklist.tsx'
import { foundWords } from './found.ts'

/** What is found on a host when it is asked now, over a connection of its own. */
export default function TestHostDialog({ host, onClose }: { host: HostConfig; onClose: () => void }) {
  const api = useConsoleApi()
  const trial = useQuery({
    queryKey: ['trial', host.id],
    queryFn: () => api.hosts.tryHost.mutate({ id: host.id, signIn: null }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })
  const facts = trial.data?.facts
  return (
    <Dialog
      open
      title={`Test ${host.name}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button busy={trial.isFetching} onClick={() => void trial.refetch()}>
            Test again
          </Button>
        </>
      }
    >
      {trial.isFetching ? (
        <Loading what="what the host answers" lines={6} />
      ) : (
        <div className="flex flex-col gap-4">
          {trial.error && <ErrorNotice error={explain(trial.error)} />}
          {trial.data && <p>{foundWords(trial.data)}</p>}
          {facts && (
            <KeyValues
              items={[
                ['Name', facts.hostname],
                ['Kernel', facts.kernelVersion],
                ['OpenZFS', facts.zfsVersion],
              ]}
            />
          )}
          {trial.data && <Checklist capabilities={trial.data.capabilities} />}
        </div>
      )}
    </Dialog>
  )
}
