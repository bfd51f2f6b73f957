/** What must be true of the data, and whether it was when somebody asked; `/operations/laws`. */
import { z } from 'zod';
import type { Doors } from '../door.ts';
import { exampleId, exampleTime, timestampSchema } from '../values.ts';

/** `unchecked`: nobody could tell at that time, and the note says why. */
export const lawStates = ['holds', 'broken', 'unchecked'] as const;

/** Violations of a law that are named; the count tells the rest. */
export const mostNamed = 20;
/** Up to which violations of a law are counted. */
export const mostCounted = 1_000;

const lawShape = {
  /** `I4`; the chapters of docs/laws.md. */
  id: z.string(),
  sentence: z.string(),
  /** `always`: also while faults happen. `quiet`: once what is under way has had time to end. */
  when: z.enum(['always', 'quiet']),
};

const exampleLaw = {
  id: 'I4',
  sentence: 'reading the history of an order gives its stored state',
  when: 'always',
} as const;
const exampleViolation = { subject: exampleId('ord'), detail: 'is stored as paid but its history says shipped' };
const exampleVerdict = {
  ...exampleLaw,
  state: 'broken',
  checked: 1200,
  violations: 1,
  named: [exampleViolation],
  note: null,
} as const;

const lawVerdict = z.strictObject({
  ...lawShape,
  state: z.enum(lawStates),
  /** How many things were looked at; null where it was not checked. */
  checked: z.int().nullable(),
  /** How many broke it, counted up to 1,000. */
  violations: z.int(),
  named: z.array(z.strictObject({ subject: z.string(), detail: z.string() })).max(mostNamed),
  /** Why it was not checked, or what of it was left out. */
  note: z.string().nullable(),
});

export const lawsAnswer = z
  .strictObject({
    /** When the last check ended; null: nobody has asked yet. */
    checkedAt: timestampSchema.nullable(),
    /** Account of who asked. */
    checkedBy: z.string().nullable(),
    isUnderWay: z.boolean(),
    /** What the last check found; empty before the first. */
    laws: z.array(lawVerdict),
    /** Those that databases cannot tell, and who can. */
    elsewhere: z.array(z.strictObject({ ...lawShape, elsewhere: z.string() })),
  })
  .meta({
    example: {
      checkedAt: exampleTime,
      checkedBy: exampleId('usr'),
      isUnderWay: false,
      laws: [exampleVerdict],
      elsewhere: [
        {
          id: 'I14',
          sentence: 'every paid order has exactly one confirmation mail, and no other order has one',
          when: 'quiet',
          elsewhere: 'A mail that was sent cannot be listed here.',
        },
      ],
    },
  });

export type LawVerdict = z.output<typeof lawVerdict>;
export type LawsAnswer = z.output<typeof lawsAnswer>;

const staff = { access: 'staff', tags: ['operations'], answers: { 200: lawsAnswer } } as const;

export const lawsDoors = {
  laws: {
    ...staff,
    method: 'GET',
    path: '/operations/laws',
    summary: 'Whether the laws of the data held when they were checked last',
  },
  checkLaws: {
    ...staff,
    method: 'POST',
    path: '/operations/laws/check',
    summary: 'Check the laws of the data that databases can tell',
    description:
      'Reads orders, products and payments for some seconds, and changes nothing but the audit trail. One check at a time.',
    errors: ['laws.check-under-way'],
    deadlineMs: 35_000,
  },
} as const satisfies Doors;
