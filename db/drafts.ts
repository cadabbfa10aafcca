// The table drafts: forms that somebody has begun and keeps with the account. Every query names the account, so nobody
// reaches another's draft by its id.

import { utf8 } from '../core/bytes.ts';
import { TrustError } from '../core/errors.ts';
import type { Queryable } from './database.ts';

/** Kinds of forms that can be kept. */
export const draftKinds = ['review', 'trust', 'retraction', 'source'] as const;
export type DraftKind = (typeof draftKinds)[number];

/** Largest form of a draft as JSON, in bytes; the table refuses more too. */
const maxFormBytes = 128 * 1024;

/** Most drafts of one account. */
export const maxDrafts = 100;

export interface DraftTitle {
  readonly id: string;
  readonly kind: DraftKind;
  readonly title: string;
  readonly updatedAt: Date;
}

export interface Draft extends DraftTitle {
  /** The fields of the form as they were filled in, valid or not. */
  readonly form: unknown;
}

export interface DraftWrite {
  /** Of a draft that exists; a new one is made when left out, or when the account has none of this id. */
  readonly id?: string | undefined;
  readonly kind: DraftKind;
  readonly title: string;
  readonly form: unknown;
  readonly at: Date;
}

/** The drafts of an account, the newest first. */
export async function listDrafts(db: Queryable, accountId: string): Promise<DraftTitle[]> {
  const { rows } = await db.query<DraftTitle>(
    `select id, kind, title, updated_at as "updatedAt"
    from drafts
    where account_id = $1
    order by updated_at desc, id`,
    [accountId],
  );
  return rows;
}

/** One draft of an account; undefined when the account has none of this id. */
export async function findDraft(db: Queryable, accountId: string, id: string): Promise<Draft | undefined> {
  const { rows } = await db.query<Draft>(
    `select id, kind, title, updated_at as "updatedAt", form
    from drafts
    where account_id = $1 and id = $2`,
    [accountId, id],
  );
  return rows[0];
}

/**
 * Keeps a draft and returns its id. Throws request-invalid when the account has too many, and text-too-large for a form of
 * more than 128 KiB.
 */
export async function keepDraft(db: Queryable, accountId: string, draft: DraftWrite): Promise<string> {
  const { id, kind, title, form, at } = draft;
  const text = JSON.stringify(form);
  if (utf8(text).length > maxFormBytes) {
    throw new TrustError('text-too-large', `A draft can't be larger than ${maxFormBytes} bytes.`, {
      help: 'Shorten it: long notes can stand elsewhere, named by their address.',
    });
  }
  if (id !== undefined) {
    const { rowCount } = await db.query(
      `update drafts
      set kind = $3, title = $4, form = $5::json, updated_at = $6
      where account_id = $1 and id = $2`,
      [accountId, id, kind, title, text, at],
    );
    if (rowCount === 1) return id;
  }
  const { rows } = await db.query<{ id: string }>(
    `insert into drafts (account_id, kind, title, form, updated_at)
    select $1::uuid, $2, $3, $4::json, $5
    where (select count(*) from drafts where account_id = $1::uuid) < $6
    returning id`,
    [accountId, kind, title, text, at, maxDrafts],
  );
  const [made] = rows;
  if (made !== undefined) return made.id;
  throw new TrustError('request-invalid', `There are ${maxDrafts} drafts already.`, {
    help: 'Publish or delete some of them first.',
  });
}

/** Removes a draft of an account; returns whether there was one. */
export async function deleteDraft(db: Queryable, accountId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query('delete from drafts where account_id = $1 and id = $2', [
    accountId,
    id,
  ]);
  return rowCount === 1;
}
