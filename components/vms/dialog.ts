import type { Vm } from '../../server/vms/model.ts'

/** What every dialog about one guest is given. */
export type VmDialogProps = { vm: Vm; onClose: () => void }
