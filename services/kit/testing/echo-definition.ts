/** A gRPC service of the tests in the shape of ts-proto's generic definitions, with JSON on the wire. */

export type EchoMessage = { readonly text: string; readonly count?: number };

const message = {
  encode: (value: EchoMessage) => ({ finish: () => Buffer.from(JSON.stringify(value)) }),
  decode: (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as EchoMessage,
  fromPartial: (value: Partial<EchoMessage>): EchoMessage => ({ text: '', ...value }),
};

export const echoDefinition = {
  name: 'EchoService',
  fullName: 'cloudmart.sample.v1.EchoService',
  methods: {
    echo: {
      name: 'Echo',
      requestType: message,
      requestStream: false,
      responseType: message,
      responseStream: false,
      options: {},
    },
    count: {
      name: 'Count',
      requestType: message,
      requestStream: false,
      responseType: message,
      responseStream: true,
      options: {},
    },
  },
} as const;
