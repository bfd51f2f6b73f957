/** Pictures of posters that show nothing but shapes. */
import { type Art, box, circle, line, polygon, round, shape, times } from './poster-shapes.ts';

/** Beams from one point. */
export const rays: Art = ({ width, height }, { far, near, glow }, { between, whole }) => {
  const x = width * between(0.3, 0.7);
  const y = height * between(0.42, 0.62);
  const count = whole(9, 14);
  const turn = between(0, 1);
  const reach = width + height;
  const wedges = times(count, (wedge) => {
    const angle = ((wedge + turn) / count) * Math.PI * 2;
    const spread = Math.PI / count / 1.05;
    return polygon(
      [
        [x, y],
        [x + Math.cos(angle - spread / 2) * reach, y + Math.sin(angle - spread / 2) * reach],
        [x + Math.cos(angle + spread / 2) * reach, y + Math.sin(angle + spread / 2) * reach],
      ],
      far,
    );
  });
  const radius = width * between(0.17, 0.24);
  return `${wedges}${circle(x, y, radius * 1.45, near)}${circle(x, y, radius, glow)}`;
};

/** Circles that drift into the depth. */
export const rings: Art = ({ width, height }, { far, near, glow, ground }, { between, whole }) => {
  const count = whole(5, 7);
  const x = width * between(0.42, 0.58);
  const y = height * between(0.45, 0.55);
  const driftX = between(-7, 7);
  const driftY = between(-6, 6);
  const fills = [far, ground, near, ground];
  return `${times(count, (ring) =>
    circle(
      x + ring * driftX,
      y + ring * driftY,
      ((count - ring) / count) * width * 0.56,
      fills[ring % fills.length] ?? far,
    ),
  )}${circle(x + count * driftX, y + count * driftY, width * 0.06, glow)}`;
};

/** Quarter circles, dots and triangles on a grid. */
export const tiles: Art = ({ width, height }, { far, near, glow, ground, ink }, { pick, whole }) => {
  const across = whole(3, 4);
  const side = width / across;
  const down = Math.ceil(height / side);
  const colours = [far, near, glow, ground];
  return times(across * down, (tile) => {
    const x = (tile % across) * side;
    const y = Math.floor(tile / across) * side;
    const back = pick(colours);
    const front = pick([far, near, glow, ink].filter((colour) => colour !== back));
    const quarter = pick([
      `M${round(x)} ${round(y)}h${round(side)}a${round(side)} ${round(side)} 0 0 1 ${round(-side)} ${round(side)}z`,
      `M${round(x + side)} ${round(y + side)}h${round(-side)}a${round(side)} ${round(side)} 0 0 1 ${round(side)} ${round(-side)}z`,
      `M${round(x)} ${round(y + side)}v${round(-side)}a${round(side)} ${round(side)} 0 0 1 ${round(side)} ${round(side)}z`,
    ]);
    const figure = pick([
      () => shape(quarter, front),
      () => shape(quarter, front),
      () => circle(x + side / 2, y + side / 2, side * 0.34, front),
      () =>
        polygon(
          [
            [x, y + side],
            [x + side, y + side],
            [x + side, y],
          ],
          front,
        ),
      () => '',
    ]);
    return `${box(x, y, side + 0.5, side + 0.5, back)}${figure()}`;
  });
};

/** Two discs that meet. */
export const pair: Art = ({ width, height }, { far, near, glow, ink }, { between }) => {
  const radius = width * between(0.25, 0.31);
  const y = height * between(0.46, 0.54);
  const apart = radius * between(0.5, 0.66);
  const tilt = between(-18, 18);
  const left = [width / 2 - apart, y - tilt] as const;
  const right = [width / 2 + apart, y + tilt] as const;
  const reach = Math.hypot(apart, tilt);
  const across = Math.sqrt(radius ** 2 - reach ** 2) / reach;
  const [dx, dy] = [tilt * across, -apart * across];
  // Where the two circles meet, drawn as a lens of its own: no blending, so that each colour is one of the palette.
  const lens = `M${round(width / 2 + dx)} ${round(y + dy)}A${round(radius)} ${round(radius)} 0 0 1 ${round(width / 2 - dx)} ${round(y - dy)}A${round(radius)} ${round(radius)} 0 0 1 ${round(width / 2 + dx)} ${round(y + dy)}Z`;
  return `${circle(width / 2, y, radius * 2.1, far)}${circle(left[0], left[1], radius, near)}${circle(right[0], right[1], radius, glow)}${shape(lens, ink)}`;
};

/** A rainbow from a corner. */
export const arcs: Art = ({ width, height }, { far, near, glow, ink, ground }, { pick, between, whole }) => {
  const x = pick([0, 1]) * width;
  const y = pick([0.02, 0.98]) * height;
  const count = whole(5, 7);
  const reach = Math.max(width, height) * between(0.92, 1.05);
  const fills = [near, far, glow, ground, ink];
  return times(count, (arc) => circle(x, y, reach * (1 - arc / count), fills[arc % fills.length] ?? near));
};

/** Lines of a map, one of them lit. */
export const contours: Art = ({ width, height }, { far, near, glow }, { between, whole }) => {
  const count = whole(11, 15);
  const peak = between(0.3, 0.7);
  const tall = height * between(0.2, 0.3);
  const lit = whole(3, count - 3);
  return times(count, (index) => {
    const y = height * (0.26 + (index / count) * 0.72);
    const rise = tall * Math.sin(((index + 1) / count) * Math.PI);
    const d = `M-10 ${round(y)}C${round(width * (peak - 0.25))} ${round(y)} ${round(width * (peak - 0.14))} ${round(y - rise)} ${round(width * peak)} ${round(y - rise)}S${round(width * (peak + 0.2))} ${round(y + rise * 0.25)} ${round(width + 10)} ${round(y)}`;
    return line(d, index === lit ? glow : index % 2 === 0 ? near : far, index === lit ? 6 : 3);
  });
};

/** Leaning stripes and a disc. */
export const bands: Art = ({ width, height }, { far, near, glow, ink }, { between, whole, pick }) => {
  const lean = pick([-1, 1]) * width * between(0.4, 0.7);
  const count = whole(4, 6);
  const span = (width * 2.2) / count;
  const stripes = times(count, (index) => {
    const x = -width * 0.6 + index * span;
    return polygon(
      [
        [x, 0],
        [x + span * 0.5, 0],
        [x + span * 0.5 + lean, height],
        [x + lean, height],
      ],
      index % 2 === 0 ? far : near,
    );
  });
  const x = width * between(0.35, 0.65);
  const y = height * between(0.4, 0.6);
  const radius = width * between(0.2, 0.26);
  return `${stripes}${circle(x, y, radius, glow)}${circle(x, y, radius * 0.42, ink)}`;
};
