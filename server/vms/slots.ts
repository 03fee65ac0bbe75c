/** Where the next PCI device goes, counted as vm-bhyve counts: bus 0 ends at slot 30, later buses at slot 31. */
export type SlotCounter = {
  bus: number
  /** Text as vm-bhyve prints it: `start_slot` is emitted as written until it is first counted up. */
  slot: string
  func: number
}

export function slotCounter(startSlot: string): SlotCounter {
  return { bus: 0, slot: startSlot, func: 0 }
}

/** `start_slot` as sh's arithmetic reads it: empty is 0, a leading 0 means octal. Null when sh would stop with an error. */
export function shellNumber(text: string): number | null {
  if (text === '') return 0
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8)
  if (/^0x[0-9a-f]+$/i.test(text)) return Number.parseInt(text, 16)
  if (/^[1-9][0-9]*$/.test(text)) return Number.parseInt(text, 10)
  return null
}

export function nextSlot(counter: SlotCounter): void {
  counter.slot = String((shellNumber(counter.slot) ?? 0) + 1)
}

/** Moves to the next bus where this one is full. */
export function wrapBus(counter: SlotCounter): void {
  // test(1) reads decimal digits and fails for anything else, which then counts as "not full".
  const slot = /^[0-9]+$/.test(counter.slot) ? Number.parseInt(counter.slot, 10) : -1
  if (slot >= (counter.bus === 0 ? 31 : 32)) {
    counter.slot = '0'
    counter.bus += 1
  }
}

/** Functions 0 to 7 share a slot. */
export function wrapFunction(counter: SlotCounter): void {
  if (counter.func < 8) return
  counter.func = 0
  nextSlot(counter)
}

/** `0:4:0` */
export function address(counter: SlotCounter, func: number = counter.func): string {
  return `${counter.bus}:${counter.slot}:${func}`
}
