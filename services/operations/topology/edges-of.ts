import type { DeclaredService, Edge, NamedThing } from '../../contracts/http/operations/topology-api.ts';

/** What a service has to do with others, in the order of its manifest. */
export const edgesOf = (service: DeclaredService): Edge[] => {
  const edges = (relation: Edge['relation'], things: readonly NamedThing[]): Edge[] =>
    things.map(({ kind, name }) => ({ service: service.name, relation, kind, name }));
  const named = (kind: NamedThing['kind'], names: readonly string[]) => names.map((name) => ({ kind, name }));
  return [
    ...edges('calls', named('service', service.calls)),
    ...edges('owns', service.owns),
    ...edges('publishes', named('topic', service.publishes)),
    ...edges('consumes', named('topic', Object.keys(service.consumes))),
    ...edges('follows', named('table', service.follows)),
    ...edges('observes', service.observes),
    ...edges('operates', service.operates),
    ...edges('reaches', named('outside', service.reaches)),
  ];
};
