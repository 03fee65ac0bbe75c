'use client'
import { type RefObject, useEffect, useMemo, useState } from 'react'
import type { MenuItem } from './Menu.tsx'
import { type Column, type ColumnChoice, fittingColumns } from './table.ts'

/** Which columns a table shows: a person's choice, kept in this browser, else what fits. */
export function useColumns<Row>(
  name: string,
  columns: readonly Column<Row>[],
  box: RefObject<HTMLElement | null>,
  taken: number,
) {
  const [choice, setChoice] = useState<ColumnChoice>({})
  const [width, setWidth] = useState(0)
  const key = `skep-columns-${name}`

  useEffect(() => setChoice(readChoice(key)), [key])
  useEffect(() => {
    if (!box.current) return
    const observer = new ResizeObserver(entries => setWidth(entries[0]?.contentRect.width ?? 0))
    observer.observe(box.current)
    return () => observer.disconnect()
  }, [box])

  function set(next: ColumnChoice) {
    setChoice(next)
    try {
      localStorage.setItem(key, JSON.stringify(next))
    } catch {
      // A browser without storage forgets the choice; nothing else is lost.
    }
  }
  const shown = useMemo(
    () => fittingColumns(columns, choice, width === 0 ? 0 : Math.max(1, width - taken)),
    [columns, choice, width, taken],
  )
  const menu = (): MenuItem[] => [
    ...columns
      .filter(column => !column.always)
      .map(column => {
        const on = shown.includes(column)
        return {
          label: column.header,
          checked: on,
          stays: true,
          onSelect: () => set({ ...choice, [column.id]: !on }),
        }
      }),
    'separator',
    { label: 'As the width allows', onSelect: () => set({}) },
  ]
  return { shown, menu, minWidth: taken + shown.reduce((sum, column) => sum + column.min, 0) }
}

function readChoice(key: string): ColumnChoice {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return {}
    return Object.fromEntries(Object.entries(kept).filter(([, value]) => typeof value === 'boolean'))
  } catch {
    return {}
  }
}
