/**
 * Long lines on a canvas, a few segments at a time: a canvas without a graphics card takes ten times
 * as long for one path that crosses itself hundreds of times.
 */

const CHUNK = 16;

/** How far, in pixels, what is drawn may lie from a point that is passed over. */
const UNSEEN = 0.15;

/**
 * A line with gaps: what a canvas' path is, but it can be stroked piece by piece, and again. Points
 * on the way straight to a later one are passed over.
 */
export class Polyline {
  constructor() {
    this.xy = new Float64Array(4096);
    /** Numbers in it. */
    this.size = 0;
    /** Whether a point waits for a farther one, and which. */
    this.waiting = false;
    this.lastX = this.lastY = 0;
    /** The last point written. */
    this.ax = this.ay = 0;
    /** How far points that were passed over reach, squared, and the two directions between them. */
    this.reach = 0;
    this.lowX = this.lowY = this.highX = this.highY = 0;
  }

  clear() {
    this.size = 0;
    this.waiting = false;
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.finish();
    this.push(NaN, NaN);
    this.push(x, y);
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    if (this.waiting && this.isOnTheWay(x - this.ax, y - this.ay)) {
      this.narrow(x - this.ax, y - this.ay);
    } else {
      this.finish();
      this.waiting = true;
      this.reach = 0;
      this.lowX = this.lowY = this.highX = this.highY = 0;
      this.narrow(x - this.ax, y - this.ay);
    }
    this.lastX = x;
    this.lastY = y;
  }

  /** Write the point that waits for a farther one. */
  finish() {
    if (this.waiting) this.push(this.lastX, this.lastY);
    this.waiting = false;
  }

  /** Whether a line there, from the last point written, passes by all that were passed over: it
   * lies between two directions, low and high, and goes no way back.
   * @param {number} dx @param {number} dy */
  isOnTheWay(dx, dy) {
    return (
      this.lowX * dy - this.lowY * dx >= 0 &&
      this.highX * dy - this.highY * dx <= 0 &&
      dx * dx + dy * dy >= this.reach
    );
  }

  /** Keep to directions that pass by this point, too. Near the last one written all do.
   * @param {number} dx @param {number} dy */
  narrow(dx, dy) {
    const far = dx * dx + dy * dy;
    if (far < UNSEEN * UNSEEN) return;
    this.reach = far;
    const s = UNSEEN / Math.sqrt(far);
    const open = this.lowX === 0 && this.lowY === 0;
    const lx = dx + s * dy;
    const ly = dy - s * dx;
    const hx = dx - s * dy;
    const hy = dy + s * dx;
    if (open || this.lowX * ly - this.lowY * lx > 0) {
      this.lowX = lx;
      this.lowY = ly;
    }
    if (open || this.highX * hy - this.highY * hx < 0) {
      this.highX = hx;
      this.highY = hy;
    }
  }

  /** @param {number} x @param {number} y */
  push(x, y) {
    if (this.size + 2 > this.xy.length) {
      const wider = new Float64Array(2 * this.xy.length);
      wider.set(this.xy);
      this.xy = wider;
    }
    this.xy[this.size++] = x;
    this.xy[this.size++] = y;
    this.ax = x;
    this.ay = y;
  }
}

/** Stroke a line in the canvas' colour and width, with a dash.
 * @param {CanvasRenderingContext2D} ctx @param {Polyline} line @param {number[]} dash */
export function strokeLine(ctx, line, dash) {
  line.finish();
  const { xy, size } = line;
  const solid = dash.length === 0;
  ctx.setLineDash(dash);
  let inside = 0;
  let length = 0;
  let px = NaN;
  let py = NaN;
  ctx.beginPath();
  for (let i = 0; i < size; i += 2) {
    const x = xy[i];
    const y = xy[i + 1];
    if (x !== x) {
      px = NaN;
      continue;
    }
    if (px !== px) ctx.moveTo(x, y);
    else {
      if (inside === CHUNK) {
        ctx.stroke();
        ctx.beginPath();
        ctx.moveTo(px, py);
        ctx.lineDashOffset = length;
        inside = 0;
      }
      ctx.lineTo(x, y);
      inside++;
      if (!solid) length += Math.sqrt((x - px) * (x - px) + (y - py) * (y - py));
    }
    px = x;
    py = y;
  }
  ctx.stroke();
  ctx.lineDashOffset = 0;
  if (!solid) ctx.setLineDash(SOLID);
}

/** @type {number[]} */
const SOLID = [];
