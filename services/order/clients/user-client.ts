import { UserServiceDefinition } from '../../contracts/generated/cloudmart/user/v1/user.ts';
import { createGrpcClient, type GrpcClientOptions } from '../../kit/grpc/grpc-client.ts';

export const createUserClient = (options: GrpcClientOptions) => {
  const user = createGrpcClient(UserServiceDefinition, options);
  return {
    close: () => user.close(),
    /** Where to write to the customer, by the customer's own token. */
    profile: async (credentials: { authorization?: string | undefined }): Promise<{ email: string; name: string }> => {
      const { user: profile } = await user.getProfile({}, credentials);
      if (!profile) throw new Error('user answered a profile without a user');
      return { email: profile.email, name: profile.name };
    },
  };
};

export type UserClient = ReturnType<typeof createUserClient>;
