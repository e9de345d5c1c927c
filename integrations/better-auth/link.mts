import type { GenericEndpointContext } from '@better-auth/core'
import { createAuthEndpoint, sensitiveSessionMiddleware } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import type { VerifiedProof } from 'local-first-identity'

import { refusal } from './error.mts'
import type { Settings } from './options.mts'
import { takeProof } from './proof.mts'
import { type Name, release, reserveUse } from './reservation.mts'
import { LINK_PATH } from './routes.mts'
import { isForeign } from './session.mts'
import { findUser, giveIdentity, type IdentifiedUser, isIdentity, ownersOf } from './users.mts'

/**
 * Makes `POST /local-first-identity/link`: gives the account of this session the identity that the proof proves. An anonymous
 * user who has the identity loses it to the account.
 *
 * Linking the same identity again changes nothing and succeeds. With `assign: 'user-id'`, an account's ID is its identity and
 * cannot change.
 */
export const linkEndpoint = (settings: Settings) =>
  createAuthEndpoint(
    LINK_PATH,
    {
      method: 'POST',
      use: [sensitiveSessionMiddleware],
      metadata: {
        $Infer: { body: {} as { proofToken?: string } },
        openapi: {
          operationId: 'linkLocalFirstIdentity',
          description: 'Give the account of this session its local-first identity',
          responses: {
            200: {
              description: 'The account has the identity',
              content: {
                'application/json': {
                  schema: {
                    type: 'object',
                    properties: { status: { type: 'boolean' }, jazzId: { type: 'string', format: 'uuid' } },
                    required: ['status', 'jazzId'],
                  },
                },
              },
            },
          },
        },
      },
    },
    async (ctx) => {
      const proof = takeProof(ctx, settings)
      if (!proof) throw refusal('PROOF_REQUIRED')
      const { session, user } = ctx.context.session
      // An admin acts as the user. The device is the admin's, so its identity is not the user's.
      if (session.impersonatedBy) throw refusal('IDENTITY_READ_ONLY')
      // The account may belong to the person who sent the link.
      if (isForeign(session)) throw refusal('SESSION_FROM_FOREIGN_LINK')
      const current = await findUser(ctx.context, user.id)
      if (!isLinked(current, proof.id, settings)) {
        const linked = await link(ctx, user.id, proof, settings)
        // The cookie may cache the user without the identity.
        await setSessionCookie(ctx, { session, user: linked })
      }
      return ctx.json({ status: true, jazzId: proof.id })
    },
  )

/**
 * Whether the account already has this identity, with nothing left to write.
 *
 * @throws APIError `USER_HAS_ANOTHER_IDENTITY` if it has another one.
 */
function isLinked(user: IdentifiedUser | null, identity: string, { assign }: Settings): boolean {
  if (user?.jazzId === identity) return true
  const own = user?.jazzId ?? (user && (assign === 'user-id' || isIdentity(user.id)) ? user.id : undefined)
  if (own && own !== identity) throw refusal('USER_HAS_ANOTHER_IDENTITY')
  return false
}

async function link(
  { context }: GenericEndpointContext,
  userId: string,
  proof: VerifiedProof,
  { replayProtection }: Settings,
): Promise<IdentifiedUser> {
  const { owner, anonymous } = await ownersOf(context, proof.id)
  const anonymousUserId = anonymous?.id
  if (owner && owner.id !== userId && !anonymousUserId) throw refusal('IDENTITY_ALREADY_LINKED')
  const use: Name = { kind: 'proof', value: proof.proofId }
  if (replayProtection && !(await reserveUse(context, use, proof))) throw refusal('PROOF_ALREADY_USED')
  // An error here uses up the proof, because the identity may have been stored.
  const user = await giveIdentity(context, userId, proof.id, { anonymousUserId })
  if (user) return user
  if (replayProtection) await release(context, use)
  // Another request was faster: with this account, or with this identity.
  const { jazzId } = (await findUser(context, userId)) ?? {}
  throw refusal(jazzId ? 'USER_HAS_ANOTHER_IDENTITY' : 'IDENTITY_ALREADY_LINKED')
}
