import type { Account, Role } from './model.ts'

/** Who may sign in. */
export type AccountService = {
  list(): Account[]
  create(input: { name: string; password: string; role: Role }): Promise<Account>
}
