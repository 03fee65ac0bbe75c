/**
 * Preloaded into the console and the practice machine (`node --import`): their clocks begin at the same moment in every
 * run, so that dates in the pictures do not change from one run to the next. Time itself goes on as usual.
 */
const RealDate = Date
const shift = Number(process.env.SKEP_PICTURES_SHIFT_MS ?? 0)

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + shift)
    else super(...parts)
  }

  static now() {
    return RealDate.now() + shift
  }
}
