import { AppError } from '../errors.ts'

/** What to tell a person of an error: an AppError has its next step beside it. */
export function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error instanceof AppError && error.detail.next
    ? `${error.message} ${error.detail.next}`
    : error.message
}
