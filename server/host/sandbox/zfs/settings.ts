/** What a property may be set to: zfs's own checks and words, without the change itself. */
import type { DatasetState } from '../state.ts'
import { parseSize } from './numbers.ts'
import { isQualifiedProperty, isUserProperty, type Property, propertyNamed } from './properties.ts'

const LONGEST_NAME = 256
const LONGEST_VALUE = 8192

/** The stored value, or (`fault`) the words zfs refuses with. */
export type Checked = { name: string; value: string } | { fault: string }

/** What is set on: a dataset that exists, or one that is being created (then `once` properties may be set too). */
export type Place = {
  type: DatasetState['type'] | 'snapshot'
  creating: boolean
  volblocksize?: number | null
}

export function checkSetting(assignedName: string, value: string, place: Place): Checked {
  const property = propertyNamed(assignedName)
  if (!property) return checkUser(assignedName, value)
  const { name } = property
  if (place.type === 'snapshot' && property.kind !== 'fixed') {
    return { fault: `this property can not be modified for snapshots` }
  }
  if (!property.on.includes(place.type.charAt(0))) {
    return { fault: `'${name}' does not apply to datasets of this type` }
  }
  if (property.kind === 'fixed' || (property.kind === 'once' && !place.creating)) {
    return { fault: `'${name}' is readonly` }
  }
  if (property.number === 'size') return checkSize(property, value, place)
  if (name === 'mountpoint') {
    if (value !== 'none' && value !== 'legacy' && !value.startsWith('/')) {
      return { fault: `'mountpoint' must be an absolute path, 'none', or 'legacy'` }
    }
    return { name, value: value.length > 1 ? value.replace(/\/+$/, '') : value }
  }
  return checkWord(property, value)
}

function checkUser(name: string, value: string): Checked {
  if (isQualifiedProperty(name)) {
    return name.startsWith('written') ? { fault: `'${name}' is readonly` } : { fault: 'out of space' }
  }
  if (!isUserProperty(name)) return { fault: `invalid property '${name}'` }
  if (name.length >= LONGEST_NAME) return { fault: `property name '${name}' is too long` }
  if (Buffer.byteLength(value) >= LONGEST_VALUE) return { fault: 'property value too long' }
  return { name, value }
}

function checkSize(property: Property, value: string, place: Place): Checked {
  const { name } = property
  if (name === 'refreservation' && value === 'auto') {
    if (place.type !== 'volume') return { fault: `'refreservation=auto' only allowed on volumes` }
    return { name, value: 'auto' }
  }
  if (value === 'none' && property.values.endsWith('none')) return { name, value: '0' }
  const bytes = parseSize(value)
  if (bytes === null) return { fault: `bad numeric value '${value}'` }
  if (name === 'recordsize' || name === 'volblocksize') {
    if (bytes < 512 || bytes > 16 * 1024 * 1024 || !isPowerOfTwo(bytes)) {
      return { fault: `'${name}' must be power of 2 from 512B to 16M` }
    }
  }
  if (name === 'volsize' && bytes === 0) return { fault: `'volsize' cannot be zero` }
  return { name, value: String(bytes) }
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value))
}

function checkWord(property: Property, value: string): Checked {
  const { name } = property
  if (property.number === 'count' && property.values.startsWith('<')) {
    if (value === 'none') return { name, value }
    return /^\d+$/.test(value) ? { name, value } : { fault: `bad numeric value '${value}'` }
  }
  if (name === 'keylocation' && value !== 'none') {
    return { fault: "keylocation must be 'none' for unencrypted datasets" }
  }
  if (name === 'special_small_blocks') {
    const bytes = parseSize(value)
    return bytes === null ? { fault: `bad numeric value '${value}'` } : { name, value: String(bytes) }
  }
  if (name === 'dnodesize' && ['1K', '2K', '4K', '8K', '16K'].includes(value))
    return { name, value: value.toLowerCase() }
  if (property.values.includes('<') || property.values.includes('options')) return { name, value }
  const words = property.values.split(' | ').flatMap(expand)
  return words.includes(value) ? { name, value } : { fault: `'${name}' must be one of '${property.values}'` }
}

/** `gzip-[1-9]` and `sha256[,verify]` stand for several words. */
function expand(word: string): string[] {
  const options = /^(.*)\[,(.*)\]$/.exec(word)
  if (options) return [options[1] ?? '', `${options[1]},${options[2]}`]
  const range = /^(.*)\[(\d+)-(\d+)((?:,\d+)*)\]$/.exec(word)
  if (!range) return [word]
  const numbers: number[] = []
  for (let at = Number(range[2]); at <= Number(range[3]); at++) numbers.push(at)
  for (const more of (range[4] ?? '').split(',')) if (more !== '') numbers.push(Number(more))
  return numbers.map(each => `${range[1]}${each}`)
}
