/** Pictures of posters that show a place. */
import { type Art, box, circle, line, polygon, ridge, round, times } from './poster-shapes.ts';

/** A sun that sets behind stripes of mist. */
export const sun: Art = (area, { far, near, glow, ground }, { between, whole }) => {
  const { width, height } = area;
  const x = width * between(0.35, 0.65);
  const y = height * 0.56;
  const radius = width * between(0.3, 0.36);
  const gaps = whole(4, 6);
  const cuts = times(gaps, (gap) => box(0, y + gap * (radius / gaps) * 0.98, width, 2 + gap * 2.2, far));
  return `${box(0, 0, width, height, far)}${circle(x, y, radius, glow)}${cuts}${ridge(area, { y: height * 0.86, swing: 7, bends: 3, shift: between(0, 1), isBehind: true }, near)}${ridge(area, { y: height * 0.95, swing: 6, bends: 4, shift: between(0, 1) }, ground)}`;
};

/** Peaks under a moon. */
export const hills: Art = (area, { far, near, glow, ground, ink }, { between }) => {
  const { width, height } = area;
  const moon = circle(width * between(0.2, 0.8), height * between(0.2, 0.34), width * between(0.09, 0.15), glow);
  const peak = (y: number, fill: string, lean: number) =>
    polygon(
      [
        [-20, height],
        [width * (0.16 + lean), y + height * 0.16],
        [width * (0.3 + lean), y + height * 0.27],
        [width * (0.56 - lean), y],
        [width * (0.74 - lean), y + height * 0.2],
        [width * (0.86 - lean / 2), y + height * 0.12],
        [width + 20, height],
      ],
      fill,
    );
  return `${moon}${peak(height * between(0.3, 0.42), far, between(-0.08, 0.1))}${peak(height * between(0.52, 0.6), near, between(0, 0.16))}${ridge(area, { y: height * 0.86, swing: 9, bends: 3, shift: between(0, 1), isBehind: true }, ink)}${ridge(area, { y: height * 0.97, swing: 5, bends: 2, shift: between(0, 1) }, ground)}`;
};

/** Roofs and lit windows. */
export const city: Art = ({ width, height }, { far, near, glow, ink }, { between, whole }) => {
  const row = (least: number, most: number, fill: string, lit: string | undefined) => {
    let drawn = '';
    for (let x = -4; x < width; ) {
      const span = whole(26, 46);
      const top = height * between(least, most);
      drawn += box(x, top, span, height - top, fill);
      if (lit !== undefined)
        for (let floor = top + 9; floor < height - 10; floor += 13)
          for (let window = x + 6; window < x + span - 8; window += 10)
            if (whole(0, 3) === 0) drawn += box(window, floor, 4, 6, lit);
      x += span + whole(0, 6);
    }
    return drawn;
  };
  const moon = circle(width * between(0.2, 0.8), height * between(0.18, 0.3), width * between(0.1, 0.16), glow);
  return `${moon}${row(0.3, 0.6, far, undefined)}${row(0.48, 0.78, near, near === ink ? undefined : glow)}`;
};

/** A sea under a sun. */
export const waves: Art = (area, { far, near, glow, ink }, { between, whole }) => {
  const { width, height } = area;
  const bends = whole(2, 4);
  const fills = [far, near, far, near, ink];
  return `${circle(width * between(0.25, 0.75), height * 0.3, width * between(0.14, 0.2), glow)}${times(5, (wave) =>
    ridge(
      area,
      { y: height * (0.42 + wave * 0.125), swing: between(8, 15), bends, shift: between(0, 1) },
      fills[wave] ?? far,
    ),
  )}`;
};

/** Somebody alone in a cone of light. */
export const spotlight: Art = ({ width, height }, { far, near, glow }, { between, pick }) => {
  const from = pick([-0.05, 1.05]) * width;
  const x = width * between(0.4, 0.6);
  const floor = height * 0.86;
  const reach = width * between(0.24, 0.3);
  const tall = height * between(0.3, 0.38);
  const figure = `${circle(x, floor - tall, tall * 0.13, near)}${polygon(
    [
      [x - tall * 0.17, floor - tall * 0.82],
      [x + tall * 0.17, floor - tall * 0.82],
      [x + tall * 0.24, floor],
      [x - tall * 0.24, floor],
    ],
    near,
  )}`;
  const shadow = polygon(
    [
      [x - tall * 0.24, floor],
      [x + tall * 0.24, floor],
      [x + (x - from) * 0.7, floor + height * 0.13],
      [x + (x - from) * 0.5, floor + height * 0.13],
    ],
    near,
  );
  return `${polygon(
    [
      [from, -10],
      [x + reach, floor],
      [x - reach, floor],
    ],
    far,
  )}<ellipse cx="${round(x)}" cy="${round(floor)}" rx="${round(reach)}" ry="${round(height * 0.07)}" fill="${glow}"/>${shadow}${figure}`;
};

/** Bare trees under a crescent. */
export const night: Art = (area, { far, near, glow, ground }, { between, whole }) => {
  const { width, height } = area;
  const x = width * between(0.3, 0.7);
  const y = height * between(0.34, 0.44);
  const radius = width * between(0.22, 0.3);
  const tree = (at: number, tall: number) => {
    const foot = height;
    const branch = (from: number, side: number, length: number) =>
      line(
        `M${round(at)} ${round(foot - tall * from)}q${round(side * length * 0.5)} ${round(-length * 0.15)} ${round(side * length)} ${round(-length * 0.8)}`,
        near,
        2.4,
      );
    return `${line(`M${round(at)} ${round(foot)}q${round(between(-6, 6))} ${round(-tall / 2)} 0 ${round(-tall)}`, near, 6)}${times(
      whole(4, 6),
      (index) => branch(0.42 + index * 0.1, index % 2 === 0 ? 1 : -1, tall * between(0.16, 0.3)),
    )}`;
  };
  const stars = times(whole(9, 15), () => circle(between(0, width), between(0, height * 0.6), between(0.6, 1.6), glow));
  return `${box(0, 0, width, height, far)}${stars}${circle(x, y, radius, glow)}${circle(x + radius * between(0.3, 0.5), y - radius * 0.18, radius * 0.86, far)}${times(
    whole(3, 5),
    (index) => tree(width * (0.06 + index * 0.24) + between(-9, 9), height * between(0.4, 0.75)),
  )}${ridge(area, { y: height * 0.96, swing: 5, bends: 3, shift: between(0, 1) }, ground)}`;
};

/** Mesas and a cactus. */
export const desert: Art = (area, { far, near, glow, ink, ground }, { between }) => {
  const { width, height } = area;
  const mesa = (x: number, top: number, span: number, fill: string) =>
    polygon(
      [
        [x - span * 0.72, height],
        [x - span * 0.55, top + 34],
        [x - span * 0.46, top + 30],
        [x - span * 0.42, top],
        [x + span * 0.4, top],
        [x + span * 0.45, top + 24],
        [x + span * 0.56, top + 30],
        [x + span * 0.76, height],
      ],
      fill,
    );
  const x = width * between(0.14, 0.24);
  const foot = height * 0.97;
  const cactus = `${line(`M${round(x)} ${round(foot)}V${round(foot - height * 0.33)}`, ink, 11)}${line(`M${round(x)} ${round(foot - 30)}h-17v-24`, ink, 8)}${line(`M${round(x)} ${round(foot - 44)}h17v-22`, ink, 8)}`;
  return `${circle(width * between(0.42, 0.6), height * 0.42, width * between(0.2, 0.27), glow)}${mesa(width * 0.24, height * between(0.46, 0.54), width * 0.3, far)}${mesa(width * between(0.72, 0.82), height * between(0.38, 0.5), width * 0.36, near)}${ridge(area, { y: height * 0.86, swing: 6, bends: 2, shift: between(0, 1), isBehind: true }, near)}${cactus}${ridge(area, { y: height * 0.97, swing: 4, bends: 2, shift: between(0, 1) }, ground)}`;
};
