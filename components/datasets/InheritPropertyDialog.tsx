'use client'
import type { Property } from '../../server/pools/model.ts'
import { useApi } from '../host.tsx'
import { useAction } from '../shell/useAction.ts'
import { PlanDialog } from '../ui/PlanDialog.tsx'

type Props = { dataset: string; property: Property; onClose: () => void }

export default function InheritPropertyDialog({ dataset, property, onClose }: Props) {
  const action = useAction(
    useApi().datasets.inheritProperty,
    { dataset, name: property.name },
    { onDone: onClose },
  )
  return (
    <PlanDialog
      title={`Inherit ${property.name}`}
      subtitle={
        <>
          <span className="font-mono text-sm">{dataset}</span> gives up its own value {property.value}
        </>
      }
      verb="Inherit"
      action={action}
      onClose={onClose}
    />
  )
}
