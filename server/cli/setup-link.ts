import { existsSync } from 'node:fs'
import path from 'node:path'
import { createAccounts } from '../accounts/accounts.ts'
import { readConfig } from '../config.ts'
import { openDatabase } from '../db/database.ts'
import { AppError } from '../errors.ts'
import { addressOf } from '../welcome.ts'
import { serviceEnvironment } from './service.ts'

/** Prints a new set-up link. AppError `refused` where there is an account, `not_found` where Skep never ran. */
export async function setupLink() {
  const config = readConfig(await serviceEnvironment())
  const file = path.join(config.stateDir, 'skep.db')
  if (!existsSync(file)) {
    throw new AppError('not_found', `Skep has not run yet with the state directory ${config.stateDir}.`, {
      next: 'Start it first: service skep start',
    })
  }
  const db = openDatabase(file)
  try {
    const accounts = createAccounts({ db, now: Date.now })
    if (!accounts.setupNeeded()) {
      throw new AppError('refused', 'The set-up is done: there are accounts already.', {
        next: 'Sign in; an administrator makes further accounts and sets new passwords under Accounts.',
      })
    }
    process.stdout.write(`${addressOf(config, config.port)}/setup#${accounts.issueSetupToken()}\n`)
  } finally {
    db.close()
  }
}
