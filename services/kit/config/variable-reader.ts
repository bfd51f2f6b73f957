import { callSecretProblem } from '../call-secret.ts';
import { type HeldSecret, previousSecretName } from './held-secret.ts';
import type { LoadSecret } from './load-secret.ts';
import { isPlaceholder } from './placeholder.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

const unreadable = (problem: unknown, what = '') =>
  `${what && `${what} `}cannot be read (${problem instanceof Error ? problem.name : 'unknown error'}); check its name and the role's access`;

/** Collects the problems of one environment while its values are read. */
export const createVariableReader = (environment: Variables, loadSecret: LoadSecret) => {
  const problems: string[] = [];
  const known = new Set<string>(['SERVICE_NAME', 'SECRET_VERSIONS']);
  const versions = new Map(
    (environment['SECRET_VERSIONS'] ?? '').split(' ').map((pair) => {
      const [key = '', version = ''] = pair.split('=', 2);
      return [key, version] as const;
    }),
  );

  /** The version that the pod was made for, so that a restart in the middle of a rotation changes nothing. */
  const loadChosen = async (name: string, id: string) => {
    const version = versions.get(name);
    if (!version) return loadSecret(id);
    try {
      return await loadSecret(id, { version });
    } catch (problem) {
      // Secrets Manager forgets versions that carry no label any more; then the current one is the best there is.
      if (problem instanceof Error && problem.name === 'ResourceNotFoundException') return loadSecret(id);
      throw problem;
    }
  };

  const usable = (name: string, value: string) => {
    if (!isPlaceholder(value)) return true;
    problems.push(`${name}: is a placeholder; set the real value`);
    return false;
  };

  const optional = (name: string, accept: (text: string) => boolean, expected: string) => {
    known.add(name);
    const value = environment[name];
    if (value === undefined || value === '' || !usable(name, value)) return undefined;
    if (accept(value)) return value;
    problems.push(`${name}: is malformed; expected ${expected}`);
    return undefined;
  };

  const required = (name: string, accept: (text: string) => boolean, expected: string) => {
    const value = optional(name, accept, expected);
    if (!environment[name]) problems.push(`${name}: is missing; set it to ${expected}`);
    return value;
  };

  const secret = async (name: string, isRequired: boolean) => {
    const idName = `${name}_SECRET_ID`;
    known.add(name).add(idName);
    const { [name]: plain, [idName]: id } = environment;
    if (plain && id) problems.push(`${name}: is set together with ${idName}; keep one of them`);
    if (plain) return usable(name, plain) ? plain : undefined;
    if (!id) {
      if (isRequired) problems.push(`${name}: is missing; set it, or ${idName} to the secret that holds it`);
      return undefined;
    }
    if (!usable(idName, id)) return undefined;
    try {
      const value = await loadChosen(name, id);
      if (value === '') problems.push(`${idName}: the secret is empty; store a value in it`);
      return value !== '' && usable(idName, value) ? value : undefined;
    } catch (problem) {
      if (problem instanceof Error && problem.name === 'ResourceNotFoundException')
        problems.push(`${idName}: there is no such secret, or it holds no value yet; put one in`);
      else problems.push(`${idName}: ${unreadable(problem)}`);
      return undefined;
    }
  };

  /**
   * What Secrets Manager keeps of before the last rotation. A value that could never be used was stored by mistake, and the next one
   * must not be refused for it.
   */
  const loadPrevious = async (name: string, id: string) => {
    try {
      const value = await loadSecret(id, 'previous');
      return callSecretProblem(value) || isPlaceholder(value) ? undefined : value;
    } catch (problem) {
      if (!(problem instanceof Error && problem.name === 'ResourceNotFoundException'))
        problems.push(`${name}_SECRET_ID: ${unreadable(problem, 'the value of before')}`);
      return undefined;
    }
  };

  /** A secret with what it was before the last rotation: given beside it, or kept by Secrets Manager. */
  const held = async (name: string, secret: string): Promise<HeldSecret> => {
    const id = environment[`${name}_SECRET_ID`] || undefined;
    const isLong = (text: string) => callSecretProblem(text) === undefined;
    const given = optional(previousSecretName(name), isLong, '32 bytes or more');
    const previousSecret = given ?? (id && (await loadPrevious(name, id)));
    return {
      secret,
      ...(previousSecret && previousSecret !== secret && { previousSecret }),
      ...(id && { secretId: id }),
    };
  };

  return { problems, known, optional, required, secret, held };
};

export type VariableReader = ReturnType<typeof createVariableReader>;
